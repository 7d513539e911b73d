import type { Value } from "../../../json";

/** Against the last request that was approved */
export type Change = "changed" | "gone" | "new" | "same";

export type Kind = "boolean" | "list" | "null" | "number" | "object" | "text";

/** One member of the arguments, those within it behind it */
export interface ArgumentLine {
  /** 0 for the arguments themselves */
  readonly depth: number;
  /** Of the member, or its place in a list from 1 on */
  readonly name: string;
  readonly kind: Kind;
  /** The value in full; of a list or an object how many members it has */
  readonly text: string;
  /**
   * Undefined if there is no previous request, and for a list or object that also was one before: its members have the
   * changes
   */
  readonly change: Change | undefined;
  /** What stood there before, as JSON, where it was another value */
  readonly was: string | undefined;
}

type Container = readonly Value[] | { readonly [name: string]: Value };
type Members = readonly (readonly [name: string, value: Value])[];

interface Step {
  readonly depth: number;
  readonly name: string;
  readonly value: Value;
  /** Undefined if there was none */
  readonly before: Value | undefined;
  /** Whether it is left of the request before alone */
  readonly gone: boolean;
}

/**
 * All members, at every depth.
 *
 * @param before arguments of the last approved request; undefined if there is none
 */
export function argumentLines(
  args: { readonly [name: string]: Value },
  before?: { readonly [name: string]: Value },
): readonly ArgumentLine[] {
  const lines: ArgumentLine[] = [];
  const steps = stepsWithin(args, before, 0).reverse();
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    lines.push(lineOf(step, before !== undefined));
    const { value, depth, gone } = step;
    if (!gone && isContainer(value)) steps.push(...stepsWithin(value, step.before, depth + 1).reverse());
  }
  return lines;
}

function lineOf({ depth, name, value, before, gone }: Step, compared: boolean): ArgumentLine {
  const kind = kindOf(value);
  const line = { depth, name, kind, text: gone ? JSON.stringify(value) : textOf(value, kind) };
  if (!compared) return { ...line, change: undefined, was: undefined };
  if (gone) return { ...line, change: "gone", was: undefined };
  if (before === undefined) return { ...line, change: "new", was: undefined };
  if (isContainer(value) && kindOf(before) === kind) return { ...line, change: undefined, was: undefined };
  const change = before === value ? "same" : "changed";
  return { ...line, change, was: change === "same" ? undefined : JSON.stringify(before) };
}

function stepsWithin(value: Container, before: Value | undefined, depth: number): Step[] {
  const now = membersOf(value);
  const then = new Map(before !== undefined && kindOf(before) === kindOf(value) ? membersOf(before as Container) : []);
  const steps = now.map(([name, each]) => ({ depth, name, value: each, before: then.get(name), gone: false }));
  for (const [name] of now) then.delete(name);
  const left = [...then].map(([name, each]) => ({ depth, name, value: each, before: undefined, gone: true }));
  return [...steps, ...left];
}

function membersOf(value: Container): Members {
  return Array.isArray(value)
    ? (value as readonly Value[]).map((each, index) => [String(index + 1), each] as const)
    : Object.entries(value as { readonly [name: string]: Value });
}

function isContainer(value: Value): value is Container {
  return typeof value === "object" && value !== null;
}

function kindOf(value: Value): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  const type = typeof value;
  return type === "string" ? "text" : (type as "boolean" | "number" | "object");
}

function textOf(value: Value, kind: Kind): string {
  if (kind === "text") return value as string;
  if (!isContainer(value)) return JSON.stringify(value);
  const { length } = membersOf(value);
  if (length === 0) return "empty";
  const [one, more] = kind === "list" ? ["entry", "entries"] : ["member", "members"];
  return `${length} ${length === 1 ? one : more}`;
}
