import { AUDIT_CLOSED, auditClosedKey, auditCursorKey, auditHeadKey, auditWriterKey, writerOf } from "../../store/keys";
import { type StateStore, StoreConflict, type Write } from "../../store/store";
import { allOf, type WriterHead } from "../written-records";
import type { Cursors } from "./pending-records";

/** A writer is closed after this time without records: mostly its process is gone. */
export const SILENT_MILLISECONDS = 600_000;
/** At one look */
const MOST_CLOSED = 8;

/**
 * Closes writers whose records are all in the log, so that the list of those that are looked at does not grow with each process that
 * ever was. One that is closed and lives goes on under another name, which it finds out by its head.
 */
export class SilentWriters {
  /** How many records of a writer are in the log, and since when */
  private readonly seen = new Map<string, { readonly cursor: number; readonly at: number }>();

  /**
   * Look at a moment when all that was written is in the log.
   *
   * @param cursors those that are closed are taken out
   * @param fence fails where another process has taken over: it would miss a writer that it counts
   * @param now milliseconds from any beginning
   * @throws StoreUnavailable
   */
  public async close(store: StateStore, cursors: Cursors, fence: Write, now: number): Promise<void> {
    const silent: string[] = [];
    for (const [writer, cursor] of cursors) {
      const seen = this.seen.get(writer);
      if (seen?.cursor !== cursor) this.seen.set(writer, { cursor, at: now });
      else if (now - seen.at >= SILENT_MILLISECONDS) silent.push(writer);
    }
    for (const writer of silent.slice(0, MOST_CLOSED)) {
      if (await isClosed(store, writer, cursors.get(writer) as number, fence)) cursors.delete(writer);
      this.seen.delete(writer);
    }
  }
}

/**
 * For a log that begins: what closed writers have written comes into it too. They are closed again once it has.
 *
 * @param fence fails where another process has taken over
 * @param now whole seconds since the epoch
 * @throws StoreUnavailable, StoreConflict
 */
export async function openClosed(store: StateStore, fence: Write, now: number): Promise<void> {
  for (const { key } of await allOf(store, AUDIT_CLOSED)) {
    const entry = auditWriterKey(writerOf(key));
    await store.write([
      fence,
      { kind: "put", key: entry, value: { since: now }, when: "any" },
      { kind: "delete", key, when: "present" },
    ]);
  }
}

/** @returns false if it has written meanwhile, or another process has taken over */
async function isClosed(store: StateStore, writer: string, cursor: number, fence: Write): Promise<boolean> {
  const [head] = await store.read([auditHeadKey(writer)]);
  const { sequence } = (head?.value ?? { sequence: -1 }) as unknown as WriterHead;
  if (head === undefined || sequence !== cursor) return false;
  try {
    await store.write([
      fence,
      { kind: "put", key: head.key, value: { sequence, closed: true }, when: { version: head.version } },
      { kind: "put", key: auditClosedKey(writer), value: { records: sequence }, when: "any" },
      { kind: "delete", key: auditWriterKey(writer), when: "present" },
      { kind: "delete", key: auditCursorKey(writer), when: "present" },
    ]);
    return true;
  } catch (error) {
    if (error instanceof StoreConflict) return false;
    throw error;
  }
}
