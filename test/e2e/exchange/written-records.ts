import { deepStrictEqual as equal } from "node:assert";
import type { AuditRecord } from "../../../runtime/audit/audit";
import { readWriter, missingRecord } from "../../../runtime/audit/written-records";
import { AUDIT_WRITERS } from "../../../runtime/store/keys";
import type { StateStore } from "../../../runtime/store/store";
import { storeAt } from "./state-table";

const MOST_WRITERS = 100;

/** Records of all processes that ever wrote to the store, none of which is missing */
export async function recordsIn(store: StateStore): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  for (const { key } of await store.list(AUDIT_WRITERS, "", MOST_WRITERS)) {
    const { records, head } = await readWriter(store, key.sort);
    equal(missingRecord(records, head), undefined);
    found.push(...records);
  }
  return found;
}

/** Those of one kind, in a table */
export async function recordsWritten(url: string, table: string, wanted: string): Promise<readonly AuditRecord[]> {
  const store = storeAt(url, table);
  try {
    return (await recordsIn(store)).filter(({ kind }) => kind === wanted);
  } finally {
    await store.close();
  }
}
