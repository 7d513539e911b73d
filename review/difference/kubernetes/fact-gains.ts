import type { Fact } from "../../reach/kubernetes/fact";
import { groupBy } from "../../group-by";
import type { Change, Unknown } from "../../change";
import { byKey } from "../../../domain/by-text";

/** Facts of head that base does not include */
export function factGains(base: readonly Fact[], head: readonly Fact[]): Gains {
  const known = groupBy(base, ({ key }) => key);
  const scopes = new Set(base.map(({ scope }) => scope));
  const fresh = new Map<string, Fact>();
  for (const one of head) {
    if (one.isRelative && !scopes.has(one.scope)) continue;
    const isKnown = (known.get(one.key) ?? []).some((other) => holds(other, one));
    if (!isKnown) fresh.set(`${one.key} ${JSON.stringify(one.under)}`, one);
  }
  const found = [...fresh.values()];
  return {
    gains: found
      .filter(({ unknown }) => unknown === undefined)
      .map(({ kind, what, witness, address }) => ({ kind, what, witness, source: { address } })),
    unknown: found.flatMap(({ what, unknown, address }) =>
      unknown === undefined ? [] : [{ what, why: unknown, source: { address } }],
    ),
  };
}

/** Under fewer conditions and for as long, the other fact includes this one. */
function holds(other: Fact, one: Fact): boolean {
  const conditions = new Set(one.under);
  if (!other.under.every((condition) => conditions.has(condition))) return false;
  return other.atMost === undefined || one.atMost === undefined || other.atMost >= one.atMost;
}

/** What one state has and the other lacks */
export interface Gains {
  readonly gains: readonly Change[];
  readonly unknown: readonly Unknown[];
}

export const NOTHING: Gains = { gains: [], unknown: [] };

export function together(parts: readonly Gains[]): Gains {
  return { gains: parts.flatMap(({ gains }) => gains), unknown: parts.flatMap(({ unknown }) => unknown) };
}

/** Sorted by text, without duplicates */
export function sortUnique<T extends Change | Unknown>(all: readonly T[]): readonly T[] {
  const said = new Map(all.map((one) => [JSON.stringify([one.what, one]), one]));
  return [...said].sort(byKey).map(([, one]) => one);
}
