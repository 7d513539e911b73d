import { resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Folders of this package: what stands elsewhere, such as `fleet/` and `main.ts`, is the user's */
const OWN = [
  "cli",
  "client",
  "constructs",
  "domain",
  "governance",
  "iam",
  "images",
  "policies",
  "review",
  "runtime",
  "stacks",
].map((folder) => resolve(__dirname, "..", folder) + sep);

/** Frames that are captured for a refusal: V8's ten end inside a stack's constructor, before the user's line. */
const DEPTH = 100;

/** One call of the user's own code */
export interface UserFrame {
  /** Absolute */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** The frames of a stack that stand in the user's files, innermost first: neither Ambit's, nor a package's, nor Node's. */
export function userFrames(stack: string): readonly UserFrame[] {
  return stack.split("\n").flatMap((text) => {
    const frame = frameOf(text);
    return frame === undefined || isForeign(frame.file) ? [] : [frame];
  });
}

/** A frame as V8 writes it */
export function frameText({ file, line, column }: UserFrame): string {
  return `    at ${file}:${line}${column === undefined ? "" : `:${column}`}`;
}

/** Capture the stack of `error` above `caller`, deep enough to reach the user's code. */
export function captureDeep(error: object, caller: new (...args: never[]) => unknown): void {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  Error.captureStackTrace(error, caller);
  Error.stackTraceLimit = limit;
}

/** File and position in one line of a stack; undefined if it names no file */
export function frameOf(text: string): UserFrame | undefined {
  const match = /^\s+at (?:.*\()?((?:file:\/\/)?[^()\s][^()]*?):(\d+)(?::(\d+))?\)?$/.exec(text);
  if (match === null) return undefined;
  const [, place, line, column] = match as unknown as [string, string, string, string?];
  const bare = place.replace(/^async /, "");
  const file = bare.startsWith("file:") ? fileURLToPath(bare) : bare;
  if (resolve(file) !== file) return undefined;
  return { file, line: Number(line), ...(column === undefined ? {} : { column: Number(column) }) };
}

function isForeign(file: string): boolean {
  return file.split(sep).includes("node_modules") || OWN.some((folder) => file.startsWith(folder));
}
