import type { Value } from "../../../runtime/json";
import { noteRevision, revisionSeen } from "../../../runtime/registry/revision-seen";
import { seenKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict } from "../../../runtime/store/store";

const storeWith = async (value?: Value): Promise<MemoryStore> => {
  const store = new MemoryStore();
  if (value !== undefined) await store.write([{ kind: "put", key: seenKey(), value, when: "absent" }]);
  return store;
};

test("nothing was seen in an empty store", async () => {
  expect((await revisionSeen(await storeWith())).revision).toBe(0);
});

test("the highest revision that was used stays", async () => {
  const store = await storeWith();
  for (const [used, seen] of [
    [3, 3],
    [2, 3],
    [3, 3],
    [7, 7],
  ] as const) {
    const { using } = await revisionSeen(store);
    const writes = using(used);
    if (writes.length > 0) await store.write(writes);
    expect((await revisionSeen(store)).revision).toBe(seen);
  }
});

test("what was seen already writes nothing", async () => {
  const { using } = await revisionSeen(await storeWith(5));
  expect([using(4), using(5)]).toEqual([[], []]);
  expect(using(6)).toEqual([{ kind: "put", key: seenKey(), value: 6, when: { version: 1 } }]);
});

test.each([undefined, 4])("of two processes at once, the lower never undoes the higher (%p before)", async (before) => {
  const store = await storeWith(before);
  const [a, b] = await Promise.all([revisionSeen(store), revisionSeen(store)]);
  await store.write(a.using(9));
  await expect(store.write(b.using(8))).rejects.toThrow(StoreConflict);
  expect((await revisionSeen(store)).revision).toBe(9);
});

test.each(["4", -1, 1.5, null, { revision: 1 }])("fails when the store holds %j", async (value) => {
  await expect(revisionSeen(await storeWith(value))).rejects.toThrow(
    `the revision that was seen must be a whole number, the store holds ${JSON.stringify(value)}`,
  );
});

test("notes what comes into force, and says of an older one what was before", async () => {
  const store = await storeWith();
  for (const [revision, highest] of [
    [3, 3],
    [2, 3],
    [3, 3],
    [4, 4],
  ] as const) {
    expect(await noteRevision(store, revision)).toBe(highest);
    expect((await revisionSeen(store)).revision).toBe(highest);
  }
});

test("of processes that note at once, each learns what holds", async () => {
  const store = await storeWith(4);
  const [nine, eight] = await Promise.all([noteRevision(store, 9), noteRevision(store, 8)]);
  expect([nine, eight]).toEqual([9, 9]);
  expect((await revisionSeen(store)).revision).toBe(9);
});

test("fails when others are always faster", async () => {
  const store = await storeWith(4);
  const write = () => Promise.reject(new StoreConflict([0], "another was faster"));
  await expect(noteRevision({ read: (keys) => store.read(keys), write }, 5)).rejects.toThrow(StoreConflict);
});
