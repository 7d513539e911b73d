import type { Budget } from "../../../../iam/sets/budget";
import { NumberValues } from "./number-values";
import type { TextValues } from "./text-values";
import { ReadError } from "../../../read/read-error";

export type Values = TextValues | NumberValues;

/**
 * Combinations of values: one set of values per dimension; a missing dimension is unrestricted.
 *
 * A dimension always holds values of one kind.
 */
export type Box = ReadonlyMap<string, Values>;

/** Entries of a box */
export type Dimensions = readonly (readonly [string, Values])[];

/** A part of `box` outside all others; undefined if there is none. Exact. */
export function partOutside(box: Box, others: readonly Box[], budget: Budget): Box | undefined {
  if ([...box.values()].some((values) => values.isEmpty)) return undefined;
  return search(box, others, 0, budget);
}

function search(box: Box, others: readonly Box[], from: number, budget: Budget): Box | undefined {
  let next = from;
  while (next < others.length && isApart(box, others[next] as Box, budget)) next++;
  const other = others[next];
  if (other === undefined) return box;
  // A value outside the other differs from it in a first dimension, and agrees in all earlier ones.
  let rest: Box = box;
  for (const [dimension, values] of other) {
    budget.spend();
    const own = rest.get(dimension);
    const beside = own === undefined ? values.not() : (own.without(values as never) as Values);
    if (!beside.isEmpty) {
      const found = search(new Map([...rest, [dimension, beside]]), others, next + 1, budget);
      if (found !== undefined) return found;
    }
    rest = new Map([...rest, [dimension, own === undefined ? values : and(own, values)]]);
  }
  return undefined;
}

function isApart(box: Box, other: Box, budget: Budget): boolean {
  budget.spend();
  for (const [dimension, values] of other) {
    const own = box.get(dimension);
    if (own === undefined ? values.isEmpty : and(own, values).isEmpty) return true;
  }
  return false;
}

function and<V extends Values>(one: V, other: Values): V {
  return one.and(other as never) as V;
}

/** Equal for boxes of the same values */
export function boxText(box: Box): string {
  return JSON.stringify([...box].map(([dimension, values]) => [dimension, valuesText(values)]).sort());
}

function valuesText(values: Values): string {
  if (values instanceof NumberValues) return values.set.intervals.map(({ from, to }) => `${from}-${to}`).join();
  return JSON.stringify([values.isComplement, [...values.listed].sort()]);
}

const MOST = 40_000;

/** Every pair of two lists is combined: too many would keep a reviewer waiting for good. */
export function checkPairs(some: number, others: number, where: string): void {
  if (some * others <= MOST) return;
  throw new ReadError(
    where,
    "",
    `combines ${some} things with ${others} others, more than ${MOST} pairs: split the rule`,
  );
}
