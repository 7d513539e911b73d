import { readWriter, missingRecord } from "../../support/audit/writer-records";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { stateOf } from "../../../runtime/exchange/server/state-store";
import { bumpEpoch, readEpoch, showEpoch } from "../../../runtime/session/epoch";
import { KeySet } from "../../../runtime/signer/key-set";
import { epochKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import { StoreConflict, StoreUnavailable } from "../../../runtime/store/store";
import { TokenMaker } from "../../support/exchange/token-maker";
import { FaultyStore } from "../../support/faulty-store";

let store: FaultyStore;
let identity: string;
beforeEach(async () => {
  store = new FaultyStore(new MemoryStore());
  identity = await store.identity();
});

/** From now on the store has another name, as a copy has. */
function restored(): void {
  identity = "memory:restored";
  store.identity = async () => identity;
}

const bump = (voidKeys: readonly string[] = []) =>
  bumpEpoch({ store, ledger: new AuditLedger({ store, writer: "cli", clock: () => 7 }), now: 7, voidKeys });

test("the first epoch begins by itself, and is read without a write", async () => {
  expect(await readEpoch(store, ["k1"])).toEqual({ epoch: 1, voidKeys: [] });
  expect(await readEpoch(store, ["k1"])).toEqual({ epoch: 1, voidKeys: [] });
  expect(store.asked).toHaveLength(1);
  expect((await showEpoch(store)).record).toEqual({ epoch: 1, identity, keys: ["k1"], voidKeys: [] });
});

test("keys are noted before they sign, those of another process too", async () => {
  await Promise.all([readEpoch(store, ["k1", "k2"]), readEpoch(store, ["k3"]), readEpoch(store, ["k2"])]);
  expect((await showEpoch(store)).record?.keys).toEqual(["k1", "k2", "k3"]);
  store.before = () => {
    throw new StoreUnavailable("no answer");
  };
  expect(await readEpoch(store, ["k3"])).toEqual({ epoch: 1, voidKeys: [] });
  await expect(readEpoch(store, ["k4"])).rejects.toThrow("no answer");
});

test("fails when the store was restored, until the next epoch begins in it", async () => {
  await readEpoch(store, ["k1"]);
  restored();
  const refused = { name: "Refusal", error: "temporarily_unavailable", message: "store.restored" };
  await expect(readEpoch(store, ["k1"])).rejects.toMatchObject(refused);
  expect(store.asked).toHaveLength(1);
  expect(await bump(["k2"])).toEqual({ epoch: 2, identity, keys: [], voidKeys: ["k1", "k2"] });
  expect(await readEpoch(store, ["k3"])).toEqual({ epoch: 2, voidKeys: ["k1", "k2"] });
});

test("fails when the epoch is gone from under an exchange: a store from before its first use is no new one", async () => {
  const state = stateOf(store, await KeySet.of([new TokenMaker("k1")]));
  expect((await state()).epoch).toBe(1);
  await store.write([{ kind: "delete", key: epochKey(), when: "present" }]);
  await expect(state()).rejects.toMatchObject({ reasons: [{ code: "store.restored" }] });
  expect((await showEpoch(store)).record).toBeUndefined();
  await bump(["k1"]);
  await expect(state()).rejects.toMatchObject({ reasons: [{ what: expect.stringContaining("is void") }] });
});

test.each(["k1", "k2"])(
  "fails when the key that signs is void (%s), and not for one that only verifies",
  async (key) => {
    await readEpoch(store, ["k1"]);
    await bump(["k2"]);
    await expect(readEpoch(store, [key])).rejects.toMatchObject({
      message: "store.restored",
      reasons: [{ what: `the key ${key} signed before epoch 2 and is void` }],
    });
    expect((await readEpoch(store, ["k3", key])).epoch).toBe(2);
    expect((await showEpoch(store)).record?.keys).toEqual(expect.arrayContaining(["k3"]));
  },
);

test("a bump can be made where nothing was restored, voids again, and is on record", async () => {
  await readEpoch(store, ["k1"]);
  await bump();
  await readEpoch(store, ["k2"]);
  expect(await bump(["k1"])).toEqual({ epoch: 3, identity, keys: [], voidKeys: ["k1", "k2"] });
  const { records, head } = await readWriter(store, "cli");
  expect(missingRecord(records, head)).toBeUndefined();
  expect(records.map(({ kind, time, facts }) => [kind, time, facts])).toEqual([
    ["epoch.bumped", 7, { epoch: 2, identity, before: identity, voidKeys: ["k1"] }],
    ["epoch.bumped", 7, { epoch: 3, identity, before: identity, voidKeys: ["k1", "k2"] }],
  ]);
});

test("fails for one of two concurrent bumps", async () => {
  await readEpoch(store, ["k1"]);
  const other = new AuditLedger({ store });
  const results = await Promise.allSettled([bump(), bumpEpoch({ store, ledger: other, now: 7, voidKeys: [] })]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: expect.any(StoreConflict) });
  expect((await store.read([epochKey()]))[0]?.value).toMatchObject({ epoch: 2 });
});

test("a bump of an empty store begins the first epoch with the keys void", async () => {
  expect(await bump(["old"])).toEqual({ epoch: 1, identity, keys: [], voidKeys: ["old"] });
  await expect(readEpoch(store, ["old"])).rejects.toMatchObject({ message: "store.restored" });
});
