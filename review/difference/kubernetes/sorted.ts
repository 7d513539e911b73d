import type { Change, Unknown } from "../../change";

/** By what is said, the same said once */
export function sorted<T extends Change | Unknown>(all: readonly T[]): readonly T[] {
  const byText = new Map(all.map((one) => [JSON.stringify([one.what, one]), one]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
