import type { AuditRecord } from "../../../runtime/audit/audit";
import { RECORD_VERSION } from "../../../runtime/audit/record";
import { readRecords, type WriterHead } from "../../../runtime/audit/written-records";
import { auditHeadKey } from "../../../runtime/store/keys";
import type { StateStore } from "../../../runtime/store/store";

/** All records of a writer, and what its head says of them, as the store has them */
export async function readWriter(
  store: StateStore,
  writer: string,
): Promise<{ readonly records: readonly AuditRecord[]; readonly head: WriterHead }> {
  // The head first: what is written meanwhile stands behind it.
  const [item] = await store.read([auditHeadKey(writer)]);
  const head = item === undefined ? { sequence: 0 } : (item.value as unknown as WriterHead);
  const kept = await readRecords(store, writer, 1, head.sequence);
  return { records: kept.map(({ text }) => JSON.parse(text) as AuditRecord), head };
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
