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
