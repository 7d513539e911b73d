import {
  AUDIT_CLOSED,
  AUDIT_WRITERS,
  auditCursorKey,
  auditHeadKey,
  auditRecordKey,
  RECORD_PREFIX,
  writerOf,
} from "../store/keys";
import type { Item, StateStore } from "../store/store";
import { sequenceIn } from "./record";

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

/** A record as it is written */
export interface KeptRecord {
  readonly sequence: number;
  /** Its RFC 8785 form */
  readonly text: string;
}

/** A writer's records from one to another, both included, as many of them as there are */
export async function readRecords(
  store: Pick<StateStore, "list">,
  writer: string,
  from: number,
  to: number,
): Promise<readonly KeptRecord[]> {
  const records: KeptRecord[] = [];
  while (from + records.length <= to) {
    const { partition, sort } = auditRecordKey(writer, from + records.length - 1);
    const wanted = Math.min(to - from + 1 - records.length, RECORDS_AT_ONCE);
    const items = await store.list(partition, RECORD_PREFIX, wanted, sort);
    if (items.length === 0) break;
    records.push(...items.map(({ text }) => ({ sequence: sequenceIn(text), text })));
  }
  return records;
}

/** How many records of a writer are in the log: of one that was closed all. @throws StoreUnavailable */
export async function recordsInLog(store: Pick<StateStore, "read">, writer: string): Promise<number> {
  const [cursor, head] = await store.read([auditCursorKey(writer), auditHeadKey(writer)]);
  if (cursor !== undefined) return cursor.value as number;
  const { sequence, closed } = (head?.value ?? { sequence: 0 }) as unknown as WriterHead;
  return closed === true ? sequence : 0;
}
