import { own } from "../../../domain";
import type { PolicyJson } from "../../../policies/cedar-wasm";
import type { Facts } from "./facts";

/** Facts that differ from one question to the next like it, as paths below `context` */
const MOVING: readonly Path[] = [["time"], ["budgets", "remaining"]];

type Path = readonly string[];

/** A whole number, or where one stands, that is added or taken off */
interface Term {
  readonly sign: 1 | -1;
  readonly of: number | Path;
}

/** `moving + rest` compared with 0, by whichever operator: what it says can change only where the sum passes 0. */
export interface Comparison {
  readonly moving: Path;
  readonly sign: 1 | -1;
  readonly rest: readonly Term[];
}

/** Between which, both excluded, a fact may move */
export interface Range {
  readonly path: Path;
  readonly above: number;
  readonly below: number;
}

/**
 * Every comparison in which a policy asks for a moving fact; undefined where it asks for one in another way, as then nothing is known
 * of other values of it.
 */
export function comparisonsIn({ conditions }: PolicyJson): readonly Comparison[] | undefined {
  return foundIn(conditions.map(({ body }) => body));
}

/** How far each moving fact of a question may move until one of the comparisons may say something else */
export function rangesOf(comparisons: readonly Comparison[], context: Facts): readonly Range[] {
  return MOVING.flatMap((path) => {
    const now = numberAt(context, path);
    if (now === undefined) return [];
    let [above, below] = [-Infinity, Infinity];
    for (const { moving, sign, rest } of comparisons) {
      const sum = moving === path ? sumOf(rest, context) : undefined;
      if (sum === undefined) continue;
      const passes = Number.isSafeInteger(sum) ? -sign * sum : now;
      if (now <= passes) below = Math.min(below, now === passes ? now + 1 : passes);
      if (now >= passes) above = Math.max(above, now === passes ? now - 1 : passes);
    }
    return [{ path, above, below }];
  });
}

export function isWithin(ranges: readonly Range[], context: Facts): boolean {
  return ranges.every(({ path, above, below }) => {
    const now = numberAt(context, path);
    return now !== undefined && above < now && now < below;
  });
}

/** The facts of a question without those that move */
export function stillFacts(context: Facts): Facts {
  const { budgets } = context;
  const still = { ...context, time: 0 };
  return budgets === undefined ? still : { ...still, budgets: { ...(budgets as Facts), remaining: 0 } };
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

/** Undefined where it is none of numbers that are known, or of more than one that moves */
function comparison(operator: string, left: unknown, right: unknown): readonly Comparison[] | undefined {
  if (!["<", "<=", ">", ">="].includes(operator)) return undefined;
  const [first, second] = [termsOf(left, 1), termsOf(right, -1)];
  if (first === undefined || second === undefined) return undefined;
  const terms = [...first, ...second].map((term) => ({ ...term, moving: movingOf(term) }));
  const moving = terms.filter((term) => term.moving !== undefined);
  const [only] = moving;
  if (only === undefined) return [];
  if (moving.length > 1) return undefined;
  return [{ moving: only.moving as Path, sign: only.sign, rest: terms.filter((term) => term !== only) }];
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

function movingOf({ of }: Term): Path | undefined {
  return typeof of === "number"
    ? undefined
    : MOVING.find((moving) => isBeginning(of, moving) && isBeginning(moving, of));
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

/** Undefined where a fact is not there or no number: then the comparison is no comparison, however the others move. */
function sumOf(terms: readonly Term[], context: Facts): number | undefined {
  let sum = 0;
  for (const { sign, of } of terms) {
    const value = typeof of === "number" ? of : numberAt(context, of);
    if (value === undefined) return undefined;
    sum += sign * value;
  }
  return sum;
}

function numberAt(context: Facts, path: Path): number | undefined {
  let at: unknown = context;
  for (const name of path) at = typeof at === "object" && at !== null ? own(at as Facts, name) : undefined;
  return typeof at === "number" ? at : undefined;
}
