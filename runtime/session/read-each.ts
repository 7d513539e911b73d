import type { Item, Key } from "../store/store";
import type { EpochState } from "./stored";

/** What lies there, in the order asked; nothing is looked for where there is no key. */
export async function readEach(
  { store }: EpochState,
  keys: readonly (Key | null)[],
): Promise<readonly (Item | undefined)[]> {
  const items = await store.read(keys.filter((key) => key !== null));
  let next = 0;
  return keys.map((key) => (key === null ? undefined : items[next++]));
}
