import { byKey } from "../../../domain/by-text";
import type { Change, Unknown } from "../../change";

/** By what is said, the same said once */
export function sorted<T extends Change | Unknown>(all: readonly T[]): readonly T[] {
  const said = new Map(all.map((one) => [JSON.stringify([one.what, one]), one]));
  return [...said].sort(byKey).map(([, one]) => one);
}
