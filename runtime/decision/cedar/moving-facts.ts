import { own } from "../../../domain";
import type { PolicyJson } from "../../../policies/cedar-wasm";
import type { Facts } from "./facts";

/** Facts that differ from one question to the next like it, as paths below `context`: each is a number */
const MOVING: readonly Path[] = [
  ["time"],
  ["runStartedAt"],
  ["runExpiresAt"],
  ["sessionStartedAt"],
  ["sessionLastUsedAt"],
  ["tokenExpiresAt"],
  ["budgets", "remaining"],
];

type Path = readonly string[];

/** A whole number, or where one stands, that is added or taken off */
interface Term {
  readonly sign: 1 | -1;
  readonly of: number | Path;
}

/** A sum of terms, compared with 0: every numeric comparison has this form. */
export type Comparison = readonly Term[];

/** With another sign, or as their opposite, all four are this one. */
const BELOW: Readonly<Record<string, { readonly less: number }>> = {
  "<": { less: 0 },
  ">=": { less: 0 },
  "<=": { less: 1 },
  ">": { less: 1 },
};

/**
 * Every comparison in which a policy uses a moving fact; undefined if it uses one in another way, because its answer
 * then does not carry over to other values.
 */
export function comparisonsIn({ conditions }: PolicyJson): readonly Comparison[] | undefined {
  return foundIn(conditions.map(({ body }) => body));
}

/**
 * What each comparison says of these facts, in their order. With the same still facts, no policy tells apart what has the same outcomes.
 * Undefined if a sum is so large that it may be another one here than in Cedar.
 */
export function outcomesOf(comparisons: readonly Comparison[], context: Facts): string | undefined {
  let outcomes = "";
  for (const terms of comparisons) {
    const sum = sumOf(terms, context);
    if (Number.isNaN(sum)) return undefined;
    outcomes += sum === undefined ? "-" : sum < 0 ? "1" : "0";
  }
  return outcomes;
}

/** The facts of a question with the same number for each that moves */
export function stillFacts(context: Facts): Facts {
  const still = { ...context };
  for (const [name = "", ...rest] of MOVING) {
    const value = own(still, name);
    if (typeof value === "number" && rest.length === 0) still[name] = 0;
    if (typeof value === "object" && rest.length > 0) still[name] = stilled(value as Facts, rest);
  }
  return still;
}

function stilled(facts: Facts, [name = ""]: Path): Facts {
  return typeof own(facts, name) === "number" ? { ...facts, [name]: 0 } : facts;
}

/** @param value any part of a policy's JSON */
function foundIn(value: unknown): readonly Comparison[] | undefined {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return all(value);
  const [[operator, parts] = ["", undefined]] = Object.entries(value) as [string, unknown][];
  if (operator === "Record") return all(Object.values(parts as object));
  if (operator === "Value") return [];
  if (operator === "Var") return parts === "context" ? undefined : [];
  const path = pathOf(value);
  if (path !== undefined) return MOVING.some((moving) => isBeginning(path, moving)) ? undefined : [];
  const { left, right } = (parts ?? {}) as { readonly left?: unknown; readonly right?: unknown };
  if (operator === "has" && (isContext(left) || pathOf(left) !== undefined)) return [];
  return comparison(operator, left, right) ?? all(Object.values(value));
}

function all(values: readonly unknown[]): readonly Comparison[] | undefined {
  const found = values.map(foundIn);
  return found.includes(undefined) ? undefined : (found as (readonly Comparison[])[]).flat();
}

/** Undefined if it is not a comparison of known numbers */
function comparison(operator: string, left: unknown, right: unknown): readonly Comparison[] | undefined {
  const below = own(BELOW, operator);
  if (below === undefined) return undefined;
  const [first, second] = [termsOf(left, 1), termsOf(right, -1)];
  if (first === undefined || second === undefined) return undefined;
  const terms = [...first, ...second];
  if (!terms.some(isMoving)) return [];
  return [below.less === 0 ? terms : [...terms, { sign: -1, of: below.less }]];
}

function termsOf(expression: unknown, sign: 1 | -1): readonly Term[] | undefined {
  const path = pathOf(expression);
  if (path !== undefined) return [{ sign, of: path }];
  const [[operator, parts] = ["", undefined]] = Object.entries(expression ?? {}) as [string, unknown][];
  if (operator === "Value") return Number.isSafeInteger(parts) ? [{ sign, of: parts as number }] : undefined;
  if (operator !== "+" && operator !== "-") return undefined;
  const { left, right } = parts as { readonly left: unknown; readonly right: unknown };
  const first = termsOf(left, sign);
  const second = termsOf(right, operator === "+" ? sign : sign === 1 ? -1 : 1);
  return first === undefined || second === undefined ? undefined : [...first, ...second];
}

function isMoving({ of }: Term): boolean {
  return typeof of !== "number" && MOVING.some((moving) => isBeginning(of, moving) && isBeginning(moving, of));
}

/** `context.a.b` as `["a", "b"]` */
function pathOf(expression: unknown): Path | undefined {
  if (typeof expression !== "object" || expression === null || !Object.hasOwn(expression, ".")) return undefined;
  const { left, attr } = ((expression as Record<string, unknown>)["."] ?? {}) as { left?: unknown; attr?: unknown };
  if (typeof attr !== "string") return undefined;
  if (isContext(left)) return [attr];
  const before = pathOf(left);
  return before && [...before, attr];
}

function isContext(expression: unknown): boolean {
  return typeof expression === "object" && expression !== null && (expression as { Var?: unknown }).Var === "context";
}

function isBeginning(path: Path, whole: Path): boolean {
  return path.length <= whole.length && path.every((name, place) => name === whole[place]);
}

/**
 * Undefined if a fact is not there or no number, which stands among the still facts; NaN where it is not known exactly. Cedar's numbers
 * have 64 bits.
 */
function sumOf(terms: Comparison, context: Facts): number | undefined {
  let sum = 0;
  for (const { sign, of } of terms) {
    const value = typeof of === "number" ? of : numberAt(context, of);
    if (value === undefined) return undefined;
    sum += sign * value;
    if (!Number.isSafeInteger(sum)) return NaN;
  }
  return sum;
}

function numberAt(context: Facts, path: Path): number | undefined {
  let at: unknown = context;
  for (const name of path) at = typeof at === "object" && at !== null ? own(at as Facts, name) : undefined;
  return typeof at === "number" ? at : undefined;
}
