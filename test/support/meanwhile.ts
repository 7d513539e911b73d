import type { StateStore, Write } from "../../runtime/store/store";

/** Has something written between what is read and the next transaction of the store. */
export function meanwhile(store: Pick<StateStore, "write">, writes: readonly Write[]): void {
  const write = store.write.bind(store);
  jest.spyOn(store, "write").mockImplementationOnce(async (asked) => {
    await write(writes);
    await write(asked);
  });
}
