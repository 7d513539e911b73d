import { AUDIT_CURSORS, AUDIT_WRITERS, auditHeadKey, writerOf } from "../../store/keys";
import { type StateStore, STORE_LIMITS } from "../../store/store";
import { LogForked } from "../storage/log-storage";
import { allOf, type WriterHead } from "../written-records";
import type { LogPart } from "./log-state";

/** How many records of each writer are in the log */
export type Cursors = Map<string, number>;

/** Entries that one plan brings: some megabytes, and a second's work */
const MOST_RECORDS = 2_048;
/** Each has a cursor, written in one transaction with the log's item */
export const MOST_PARTS = STORE_LIMITS.writes - 1;

/** @throws StoreUnavailable */
export async function readCursors(store: StateStore): Promise<Cursors> {
  const items = await allOf(store, AUDIT_CURSORS);
  return new Map(items.map(({ key, value }) => [writerOf(key), value as number]));
}

/**
 * Records that are written but not in the log, as many as fit one plan. Each writer has its share, so that none
 * starves.
 *
 * @throws LogForked if the store has lost a writer, or records that are in the log
 * @throws StoreUnavailable
 */
export async function pendingParts(store: StateStore, cursors: Cursors): Promise<readonly LogPart[]> {
  const writers = (await allOf(store, AUDIT_WRITERS)).map(({ key }) => writerOf(key));
  const heads = await headsOf(store, writers);
  for (const [writer, cursor] of cursors) {
    const head = heads.get(writer);
    if (head === undefined)
      throw new LogForked(`the store has lost the writer ${writer}, of which the log has ${cursor}`);
    if (head < cursor) throw new LogForked(`the store has ${head} records of ${writer}, the log has ${cursor}`);
  }
  const behind = writers.filter((writer) => (heads.get(writer) ?? 0) > (cursors.get(writer) ?? 0)).slice(0, MOST_PARTS);
  const share = Math.max(1, Math.floor(MOST_RECORDS / Math.max(1, behind.length)));
  return behind.map((writer) => {
    const from = (cursors.get(writer) ?? 0) + 1;
    return { writer, from, to: Math.min(heads.get(writer) as number, from + share - 1) };
  });
}

/** How many records each writer has written; 0 if the store has none. @throws StoreUnavailable */
export async function headsOf(
  store: Pick<StateStore, "read">,
  writers: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const heads = new Map<string, number>();
  for (let at = 0; at < writers.length; at += STORE_LIMITS.writes) {
    const some = writers.slice(at, at + STORE_LIMITS.writes);
    const items = await store.read(some.map(auditHeadKey));
    for (const [index, item] of items.entries()) {
      heads.set(some[index] as string, item === undefined ? 0 : (item.value as unknown as WriterHead).sequence);
    }
  }
  return heads;
}
