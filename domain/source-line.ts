import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Where a declaration stands in the user's source */
export interface SourceLine {
  /** Relative to the working directory, with forward slashes */
  readonly file: string;
  readonly line: number;
}

const lines = new WeakMap<object, SourceLine>();

/**
 * Remember the line that called `define`.
 *
 * Kept beside the declaration and never in a resource: moving a line must plan nothing.
 */
export function rememberSource(declaration: object, define: (...args: never[]) => unknown): void {
  const found = callerOf(define);
  if (found !== undefined) lines.set(declaration, found);
}

export function sourceOf(declaration: object): SourceLine | undefined {
  return lines.get(declaration);
}

/** ` (fleet/agents/x.ts:9)`, or nothing where the line is unknown */
export function declaredAt(declaration: object): string {
  const line = sourceOf(declaration);
  return line === undefined ? "" : ` (${line.file}:${line.line})`;
}

function callerOf(define: (...args: never[]) => unknown): SourceLine | undefined {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(holder, define);
  const match = /\(?((?:file:\/\/)?[^()\s][^()]*):(\d+):\d+\)?$/.exec(holder.stack?.split("\n").at(-1) ?? "");
  Error.stackTraceLimit = limit;
  if (match === null) return undefined;
  const [, place, line] = match as unknown as [string, string, string];
  const bare = place.replace(/^.*\bat /, "");
  const file = bare.startsWith("file:") ? fileURLToPath(bare) : bare;
  if (!isAbsolute(file)) return undefined;
  return { file: relative(process.cwd(), file).split(sep).join("/"), line: Number(line) };
}
