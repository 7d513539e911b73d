import type { Item, Key } from "../store/store";
import type { EpochState } from "./stored";

/** Items in the order of the keys; undefined keys are skipped. */
export async function readEach(
  { store }: EpochState,
  keys: readonly (Key | null)[],
): Promise<readonly (Item | undefined)[]> {
  const items = await store.read(keys.filter((key) => key !== null));
  let next = 0;
  return keys.map((key) => (key === null ? undefined : items[next++]));
}
