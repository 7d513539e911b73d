import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a declaration stands in the user's source */
export interface SourceLine {
  /** Relative to the working directory, with forward slashes */
  readonly file: string;
  readonly line: number;
}

/** A place in the program, which V8 puts into words when `stack` is first read */
interface Call {
  readonly stack?: string;
}

const calls = new WeakMap<object, Call>();

/**
 * Remember the line that called `define`, and return what was declared there.
 *
 * Kept beside the declaration and never in a resource: moving a line must plan nothing.
 */
export function rememberSource<T extends object>(declaration: T, define: (...args: never[]) => unknown): T {
  calls.set(declaration, callOf(define));
  return declaration;
}

export function sourceOf(declaration: object): SourceLine | undefined {
  return lineOf(calls.get(declaration)?.stack ?? "");
}

/** ` (fleet/agents/x.ts:9)`, or nothing where the line is unknown */
export function declaredAt(declaration: object): string {
  const line = sourceOf(declaration);
  return line === undefined ? "" : ` (${line.file}:${line.line})`;
}

function callOf(define: (...args: never[]) => unknown): Call {
  const call: Call = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(call, define);
  Error.stackTraceLimit = limit;
  return call;
}

function lineOf(stack: string): SourceLine | undefined {
  const match = /\(?((?:file:\/\/)?[^()\s][^()]*):(\d+):\d+\)?$/.exec(stack.split("\n").at(-1) ?? "");
  if (match === null) return undefined;
  const [, place, line] = match as unknown as [string, string, string];
  const bare = place.replace(/^.*\bat /, "");
  const file = bare.startsWith("file:") ? fileURLToPath(bare) : bare;
  if (!isAbsolute(file)) return undefined;
  return { file: relative(process.cwd(), file).split(sep).join("/"), line: Number(line) };
}
