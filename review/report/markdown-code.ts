import { printable } from "../../domain/printable";
import { brief } from "./text-parts";

/** Untrusted text as code: nothing within is a link, an image, a mention, HTML or Markdown. */
export function code(text: string): string {
  return fenced(brief(text));
}

/** The whole text, however long */
export function wholeCode(text: string): string {
  return fenced(printable(text));
}

/**
 * The same in a cell of a table, where a pipe ends a cell even in code.
 *
 * A pipe behind a backslash is written out: renderers differ in whether that backslash escapes the pipe.
 */
export function cellCode(text: string): string {
  return fenced(brief(text).replaceAll("\\|", "\\\\u{7c}").replaceAll("|", "\\|"));
}

function fenced(text: string): string {
  if (text.trim() === "") return text === "" ? "(empty)" : "(blank)";
  const fence = "`".repeat(longestRun(text) + 1);
  const space = /^[` ]|[` ]$/.test(text) ? " " : "";
  return `${fence}${space}${text}${space}${fence}`;
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
