import { printable } from "../../../domain/printable";

/** HTML that was written here, and not by strangers */
export class Html {
  constructor(public readonly text: string) {}
}

type Value = Html | number | string | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text in a template is text: only what is {@link Html} already stays as it is. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const written = parts.map((part, at) => (at === 0 ? part : `${shown(values[at - 1] as Value)}${part}`));
  return new Html(written.join(""));
}

function shown(value: Value): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return (value as readonly Html[]).map(({ text }) => text).join("");
  return printable(String(value)).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
