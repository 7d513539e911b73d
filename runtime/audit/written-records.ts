import { AUDIT_CLOSED, AUDIT_WRITERS, auditHeadKey, auditRecordKey, RECORD_PREFIX, writerOf } from "../store/keys";
import type { Item, StateStore } from "../store/store";
import type { AuditRecord } from "./audit";
import { RECORD_VERSION } from "./record";

/** How many records a writer has written */
export interface WriterHead {
  readonly sequence: number;
  /** It writes no more: who would go on takes another name. */
  readonly closed?: true;
}

const RECORDS_AT_ONCE = 100;
const ITEMS_AT_ONCE = 1_000;

/** All writers that ever were, those included that write no more. @throws StoreUnavailable */
export async function writersIn(store: Pick<StateStore, "list">): Promise<readonly string[]> {
  const pages = await Promise.all([AUDIT_WRITERS, AUDIT_CLOSED].map((partition) => allOf(store, partition)));
  return pages.flat().map(({ key }) => writerOf(key));
}

/** All items of a partition. @throws StoreUnavailable */
export async function allOf(store: Pick<StateStore, "list">, partition: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (;;) {
    const page = await store.list(partition, "", ITEMS_AT_ONCE, items.at(-1)?.key.sort);
    items.push(...page);
    if (page.length < ITEMS_AT_ONCE) return items;
  }
}

/** A writer's records from one to another, both included, as many of them as there are */
export async function readRecords(
  store: Pick<StateStore, "list">,
  writer: string,
  from: number,
  to: number,
): Promise<readonly AuditRecord[]> {
  const records: AuditRecord[] = [];
  while (from + records.length <= to) {
    const { partition, sort } = auditRecordKey(writer, from + records.length - 1);
    const wanted = Math.min(to - from + 1 - records.length, RECORDS_AT_ONCE);
    const items = await store.list(partition, RECORD_PREFIX, wanted, sort);
    if (items.length === 0) break;
    records.push(...items.map(({ value }) => value as unknown as AuditRecord));
  }
  return records;
}

/** All records of a writer, and what its head says of them, as the store has them */
export async function readWriter(
  store: StateStore,
  writer: string,
): Promise<{ readonly records: readonly AuditRecord[]; readonly head: WriterHead }> {
  // The head first: what is written meanwhile stands behind it.
  const [item] = await store.read([auditHeadKey(writer)]);
  const head = item === undefined ? { sequence: 0 } : (item.value as unknown as WriterHead);
  return { records: await readRecords(store, writer, 1, head.sequence), head };
}

/**
 * Look whether these are all records of one writer from its first one on.
 *
 * @param head what the store says of the last one; left out where only the records are at hand, whose end is then not proven
 * @returns what is wrong first, in one sentence; undefined where nothing is
 */
export function missingRecord(records: readonly AuditRecord[], head?: WriterHead): string | undefined {
  for (const [index, { version, writer, sequence }] of records.entries()) {
    const expected = index + 1;
    if (version !== RECORD_VERSION) return `record ${expected} must be of version ${RECORD_VERSION}, got ${version}`;
    if (writer !== records[0]?.writer) return `record ${expected} is of another writer, ${writer}`;
    if (sequence !== expected) return `record ${expected} is missing, the next one is ${sequence}`;
  }
  if (head === undefined || head.sequence === records.length) return undefined;
  return `the head is at record ${head.sequence}, the last record is ${records.length}`;
}
