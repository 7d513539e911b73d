import type { Ledger } from "../audit/audit";
import type { Value } from "../json";
import { Refusal } from "../refusal/refusal";
import { epochKey } from "../store/keys";
import { retryOnConflict } from "../store/retry-on-conflict";
import type { Item, StateStore } from "../store/store";

/** What stands in the keys of sessions, runs and approvals, and which keys sign no more */
export interface Epoch {
  readonly epoch: number;
  readonly voidKeys: readonly string[];
}

/** An epoch as the store holds it */
export interface EpochRecord extends Epoch {
  /** Name of the store in which it began: in a restored copy it is another one's */
  readonly identity: string;
  /** Key ids that may have signed in it */
  readonly keys: readonly string[];
}

export interface Bump {
  readonly store: StateStore;
  readonly ledger: Ledger;
  /** Whole seconds since the epoch */
  readonly now: number;
  /** Key ids that the store does not know, because it was restored from before they were used */
  readonly voidKeys: readonly string[];
}

/** Another process may note its keys meanwhile. */
const ATTEMPTS = 5;

/**
 * The present epoch; the first one begins if there is none. The keys are recorded before they sign, so that the next
 * epoch can void them.
 *
 * @param keyIds of the exchange's keys, the one that signs first
 * @param begun whether one was read before: then none begins automatically
 * @throws Refusal store.restored
 * @throws StoreUnavailable, StoreConflict
 */
export async function readEpoch(store: StateStore, keyIds: readonly string[], begun = false): Promise<Epoch> {
  return retryOnConflict({ attempts: ATTEMPTS }, async () => {
    const { item, identity } = await readEpochItem(store);
    if (item === undefined && begun) throw Refusal.of("store.restored", "the state store has lost its epoch");
    const record = item === undefined ? firstOf(identity) : recordOf(item);
    if (record.identity !== identity) throw Refusal.of("store.restored");
    const [signing] = keyIds;
    if (signing !== undefined && record.voidKeys.includes(signing)) {
      throw Refusal.of("store.restored", `the key ${signing} signed before epoch ${record.epoch} and is void`);
    }
    const { epoch, voidKeys } = record;
    const keys = [...new Set([...record.keys, ...keyIds])].sort();
    if (item !== undefined && keys.length === record.keys.length) return { epoch, voidKeys };
    const when = item === undefined ? "absent" : { version: item.version };
    await store.write([{ kind: "put", key: epochKey(), value: valueOf({ ...record, keys }), when }]);
    return { epoch, voidKeys };
  });
}

/** The epoch's record, undefined if none has begun, and the name of the store it should belong to. */
export async function showEpoch(
  store: StateStore,
): Promise<{ readonly record: EpochRecord | undefined; readonly identity: string }> {
  const { item, identity } = await readEpochItem(store);
  return { record: item && recordOf(item), identity };
}

/** Epoch in an item; undefined if none has begun */
export function epochOf(item: Item | undefined): number | undefined {
  return item && recordOf(item).epoch;
}

/**
 * Begin the next epoch, in this store: sessions, runs and approvals of the last are void, and all keys that signed in it.
 *
 * @throws StoreConflict if it was changed concurrently
 * @throws StoreUnavailable
 */
export async function bumpEpoch({ store, ledger, now, voidKeys }: Bump): Promise<EpochRecord> {
  const { item, identity } = await readEpochItem(store);
  const before = item === undefined ? { ...firstOf(identity), epoch: 0 } : recordOf(item);
  const all = [...new Set([...before.voidKeys, ...before.keys, ...voidKeys])].sort();
  const record: EpochRecord = { epoch: before.epoch + 1, identity, keys: [], voidKeys: all };
  const when = item === undefined ? "absent" : { version: item.version };
  const facts = { epoch: record.epoch, identity, before: before.identity, voidKeys: all };
  await ledger.commit({
    writes: [{ kind: "put", key: epochKey(), value: valueOf(record), when }],
    event: { kind: "epoch.bumped", time: now, facts },
  });
  return record;
}

async function readEpochItem(
  store: StateStore,
): Promise<{ readonly item: Item | undefined; readonly identity: string }> {
  const [[item], identity] = await Promise.all([store.read([epochKey()]), store.identity()]);
  return { item, identity };
}

function firstOf(identity: string): EpochRecord {
  return { epoch: 1, identity, keys: [], voidKeys: [] };
}

function recordOf({ value }: Item): EpochRecord {
  return value as unknown as EpochRecord;
}

function valueOf(record: EpochRecord): Value {
  return { ...record };
}
