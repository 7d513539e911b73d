import type { Change, Unknown } from "../../change";

/** What one state has and the other has not */
export interface Gains {
  readonly gains: readonly Change[];
  readonly unknown: readonly Unknown[];
}

export const NOTHING: Gains = { gains: [], unknown: [] };

export function together(parts: readonly Gains[]): Gains {
  return { gains: parts.flatMap(({ gains }) => gains), unknown: parts.flatMap(({ unknown }) => unknown) };
}

/** Why nobody can say whether something is allowed that is written with `${…}` */
export const KNOWN_AT_APPLY = "it holds a value that is known only when it is applied";
