import type { StateStore, Write } from "../../store/store";
import { auditCursorKey, auditHeadKey, auditWriterKey } from "../../store/keys";
import type { AuditRecord } from "../audit";
import type { WriterHead } from "../written-records";
import type { LogFiles } from "./log-files";
import type { Cursors } from "./pending-records";

/**
 * Let a store that was restored from a backup go on behind the log, which has entries that the store has forgotten: cursors and
 * heads of their writers are set to them, so that no number is given twice.
 *
 * @param from entries that the store knows of
 * @param to entries that the log has
 * @param fence fails where another process has taken over: it may have more in the log than is set here
 * @throws LogError, LogUnavailable, StoreUnavailable, StoreConflict
 */
export async function followLog(
  store: StateStore,
  files: LogFiles,
  {
    from,
    to,
    cursors,
    fence,
    now,
  }: {
    readonly from: number;
    readonly to: number;
    readonly cursors: Cursors;
    readonly fence: Write;
    readonly now: number;
  },
): Promise<void> {
  if (from === to) return;
  const entries = await files.entries(from, to);
  const latest = new Map<string, number>();
  for (const entry of entries) {
    const { writer, sequence } = JSON.parse(Buffer.from(entry).toString("utf8")) as AuditRecord;
    latest.set(writer, sequence);
  }
  for (const [writer, sequence] of latest) {
    await store.write([fence, ...(await writesOf(store, writer, sequence, now))]);
    cursors.set(writer, sequence);
  }
  await files.publish(await files.write(entries));
}

async function writesOf(store: StateStore, writer: string, sequence: number, now: number): Promise<readonly Write[]> {
  const [headKey, entryKey] = [auditHeadKey(writer), auditWriterKey(writer)];
  const [head, entry] = await store.read([headKey, entryKey]);
  const writes: Write[] = [{ kind: "put", key: auditCursorKey(writer), value: sequence, when: "any" }];
  if (entry === undefined) writes.push({ kind: "put", key: entryKey, value: { since: now }, when: "absent" });
  if (head === undefined) writes.push({ kind: "put", key: headKey, value: { sequence }, when: "absent" });
  else if ((head.value as unknown as WriterHead).sequence < sequence)
    writes.push({ kind: "put", key: headKey, value: { sequence }, when: { version: head.version } });
  return writes;
}
