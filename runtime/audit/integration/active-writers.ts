import type { Clock } from "../../clock";
import { auditHeadKey, writerOf } from "../../store/keys";
import { type Item, type StateStore, StoreConflict } from "../../store/store";
import { RETIRED_SECONDS, type WriterEntry } from "../writer-entry";
import type { WriterHead } from "../written-records";
import { type Cursors, readWriters } from "./pending-records";

/** So many entries are taken away at one look: it has other work. */
const RETIRED_AT_ONCE = 20;

/**
 * The writers that are looked at. Each process is one, and there are more with every start: the entry of one that has written nothing for a day goes,
 * and comes back with its next record.
 */
export class ActiveWriters {
  /** A writer without an entry is looked at once, so that one whose entry is lost is found. */
  private isFirst = true;

  constructor(
    private readonly store: StateStore,
    private readonly clock: Clock,
  ) {}

  /** @throws StoreUnavailable */
  public async now(cursors: Cursors): Promise<readonly string[]> {
    const entries = await readWriters(this.store);
    const names = entries.map(({ key }) => writerOf(key));
    if (this.isFirst) {
      this.isFirst = false;
      return [...new Set([...names, ...cursors.keys()])];
    }
    await this.retire(entries, cursors);
    return names;
  }

  /** Take away entries of writers that have all records in the log, and have written none for a day. */
  private async retire(entries: readonly Item[], cursors: Cursors): Promise<void> {
    const before = this.clock() - RETIRED_SECONDS;
    const old = entries
      .filter(({ value }) => (value as unknown as WriterEntry).seen < before)
      .slice(0, RETIRED_AT_ONCE);
    if (old.length === 0) return;
    const heads = await this.store.read(old.map(({ key }) => auditHeadKey(writerOf(key))));
    for (const [index, { key, version }] of old.entries()) {
      const head = heads[index]?.value as unknown as WriterHead | undefined;
      if (head === undefined || head.sequence !== cursors.get(writerOf(key))) continue;
      try {
        await this.store.write([{ kind: "delete", key, when: { version } }]);
      } catch (error) {
        // It writes again.
        if (!(error instanceof StoreConflict)) throw error;
      }
    }
  }
}
