import { relative, sep } from "node:path";
import { type UserFrame, userFrames } from "../domain";

/**
 * What ended the synthesis, for the person who wrote the declaration: a refusal is its sentence and the user's line;
 * anything else is a defect, with its whole stack.
 */
export function endedBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const sentence = refusalOf(error);
  if (sentence === undefined) return error.stack ?? error.message;
  const [place] = userFrames(error.stack ?? "");
  return [sentence, ...(place === undefined ? [] : [placeText(place)])].join("\n");
}

/** How cdktf begins when validations or annotations of constructs refuse */
const BY_CDKTF = /^(?:Validation failed with the following errors:|Encountered Annotations with level "ERROR":)\n/;

function refusalOf(error: Error): string | undefined {
  if (error.name === "DeclarationError") return `${error.message} [${(error as { code?: string }).code}]`;
  const [head] = BY_CDKTF.exec(error.message) ?? [];
  if (head === undefined) return undefined;
  // What follows the list is cdktf's advice to switch the check off.
  return (error.message.slice(head.length).split("\n\n")[0] as string).replace(/^\s+/gm, "");
}

function placeText({ file, line, column }: UserFrame): string {
  const shown = relative(process.cwd(), file).split(sep).join("/");
  return `    at ${shown}:${line}${column === undefined ? "" : `:${column}`}`;
}
