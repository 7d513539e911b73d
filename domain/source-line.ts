import { relative, resolve, sep } from "node:path";
import { DeclarationError } from "./errors";
import { frameOf } from "./user-frames";

/** Where a declaration stands in the user's source */
export interface SourceLine {
  /** Relative to the working directory, with forward slashes */
  readonly file: string;
  readonly line: number;
}

/** A function or a constructor whose caller is the place */
type Caller = ((...args: never[]) => unknown) | (new (...args: never[]) => unknown);

/** A place in the program, which V8 puts into words when `stack` is first read */
interface Call {
  readonly stack?: string;
}

const calls = new WeakMap<object, Call>();

/**
 * Record the line that called `define`, and return the declaration.
 *
 * Kept beside the declaration and never in a resource, so that moving a line changes no plan.
 */
export function rememberSource<T extends object>(declaration: T, define: Caller): T {
  calls.set(declaration, callOf(define));
  return declaration;
}

export function sourceOf(declaration: object): SourceLine | undefined {
  return lineOf(calls.get(declaration)?.stack ?? "");
}

/** ` (fleet/agents/x.ts:9)`; empty if the line is unknown */
export function declaredAt(declaration: object): string {
  const line = sourceOf(declaration);
  return line === undefined ? "" : ` (${line.file}:${line.line})`;
}

/**
 * Check what was declared before: a refusal points at the declaration that it is about, not at the line that checks.
 *
 * @throws DeclarationError of `check`
 */
export function atDeclarations<T>(declarations: readonly { readonly where: string }[], check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof DeclarationError) pointAt(error, declarations);
    throw error;
  }
}

function pointAt(error: DeclarationError, declarations: readonly { readonly where: string }[]): void {
  const refused = declarations.filter(({ where }) => error.where === where || error.where.startsWith(`${where} `));
  // Of two that share a name, the later one is the one to change.
  const line = refused.length === 0 ? undefined : sourceOf(refused.at(-1) as object);
  if (line !== undefined) error.declaredAt({ file: resolve(line.file), line: line.line });
}

function callOf(define: Caller): Call {
  const call: Call = {};
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1;
  Error.captureStackTrace(call, define);
  Error.stackTraceLimit = limit;
  return call;
}

function lineOf(stack: string): SourceLine | undefined {
  const frame = frameOf(stack.split("\n").at(-1) ?? "");
  return frame && { file: relative(process.cwd(), frame.file).split(sep).join("/"), line: frame.line };
}
