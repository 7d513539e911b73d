import { relative, sep } from "node:path";
import { shown, type UserFrame, userFrames } from "../domain";
import { importCycle } from "./import-cycle";

/**
 * What ended the synthesis, for the person who wrote the declaration: a refusal is its sentence and the user's line;
 * anything else is a defect, with its whole stack.
 */
export function endedBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const ended = refused(error) ?? cyclic(error);
  if (ended === undefined) return error.stack ?? error.message;
  const [place] = ended.frames;
  return [ended.sentence, ...(place === undefined ? [] : [placeText(place)])].join("\n");
}

interface Ended {
  readonly sentence: string;
  readonly frames: readonly UserFrame[];
}

/** How cdktf begins when validations or annotations of constructs refuse */
const BY_CDKTF = /^(?:Validation failed with the following errors:|Encountered Annotations with level "ERROR":)\n/;

function refused(error: Error): Ended | undefined {
  const frames = userFrames(error.stack ?? "");
  if (error.name === "DeclarationError") {
    return { sentence: `${error.message} [${(error as { code?: string }).code}]`, frames };
  }
  const [head] = BY_CDKTF.exec(error.message) ?? [];
  if (head === undefined) return undefined;
  // What follows the list is cdktf's advice to switch the check off.
  const sentence = (error.message.slice(head.length).split("\n\n")[0] as string).replace(/^\s+/gm, "");
  return { sentence, frames };
}

/** A value that is used before its file has run, because the file waits for the one that uses it */
function cyclic({ name, message, stack = "" }: Error): Ended | undefined {
  const [, value] = /^Cannot access '([\w$]+)' before initialization$/.exec(message) ?? [];
  if (name !== "ReferenceError" || value === undefined) return undefined;
  // The function by which the transpiler exports the value stands in no line of the source.
  const exporting = new RegExp(`^\\s+at (?:[\\w.]+\\.)?(?:get )?${value.replaceAll("$", "\\$")} .*\\n`, "gm");
  const frames = userFrames(stack.replace(exporting, ""));
  const cycle = frames.map(({ file }) => importCycle(file)).find((found) => found !== undefined);
  if (cycle === undefined) return undefined;
  const sentence = `files import each other, ${cycle.map(shownPath).join(" → ")}, so ${shown(value)} is used before its file has run`;
  const fix = "move what both need into a file that imports neither, or declare both in one file, the used one first";
  return { sentence: `${sentence}: ${fix}`, frames };
}

function placeText({ file, line, column }: UserFrame): string {
  return `    at ${shownPath(file)}:${line}${column === undefined ? "" : `:${column}`}`;
}

function shownPath(file: string): string {
  return relative(process.cwd(), file).split(sep).join("/");
}
