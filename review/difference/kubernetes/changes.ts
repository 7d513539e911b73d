import type { Change, Unknown } from "../../change";
import { byKey } from "../../../domain/by-text";

/** What one state has and the other has not */
export interface Gains {
  readonly gains: readonly Change[];
  readonly unknown: readonly Unknown[];
}

export const NOTHING: Gains = { gains: [], unknown: [] };

export function together(parts: readonly Gains[]): Gains {
  return { gains: parts.flatMap(({ gains }) => gains), unknown: parts.flatMap(({ unknown }) => unknown) };
}

/** By what is said, the same said once */
export function sorted<T extends Change | Unknown>(all: readonly T[]): readonly T[] {
  const said = new Map(all.map((one) => [JSON.stringify([one.what, one]), one]));
  return [...said].sort(byKey).map(([, one]) => one);
}
