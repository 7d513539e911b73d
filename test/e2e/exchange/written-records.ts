import { deepStrictEqual as equal } from "node:assert";
import type { AuditRecord } from "../../../runtime/audit/audit";
import { writersIn } from "../../../runtime/audit/written-records";
import { missingRecord, readWriter } from "../../support/audit/writer-records";
import type { StateStore } from "../../../runtime/store/store";
import { storeAt } from "./state-table";

/** Records of all processes that ever wrote to the store, none of which is missing */
export async function recordsIn(store: StateStore): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = [];
  for (const writer of await writersIn(store)) {
    const { records, head } = await readWriter(store, writer);
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
