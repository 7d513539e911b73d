import { randomUUID } from "node:crypto";
import { type Clock, systemClock } from "../clock";
import { checkedWrites, checkKeys } from "./checked";
import type { Item, Key, ListedItem, StateStore, Write } from "./store";
import { SortedItems } from "./sorted-items";
import { alive, changesOf, itemOf, listedItemOf, type Stored } from "./transaction";

/** What has expired is looked for once in so many writes, so that it does not pile up. */
const WRITES_PER_SWEEP = 4_096;

/** An item as it lies there */
export interface StoredItem {
  readonly key: Key;
  /** JSON of its value */
  readonly text: string;
}

/** Forgets everything with its process: for tests and for comparison. */
export class MemoryStore implements StateStore {
  private readonly partitions = new Map<string, SortedItems>();
  private readonly name = `memory:${randomUUID()}`;
  private writes = 0;

  constructor(private readonly clock: Clock = systemClock) {}

  public async identity(): Promise<string> {
    return this.name;
  }

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    checkKeys(keys);
    const now = this.clock();
    return keys.map((key) => {
      const stored = alive(this.stored(key), now);
      return stored && itemOf(key, stored);
    });
  }

  public async list(partition: string, prefix: string, limit: number, after?: string): Promise<readonly ListedItem[]> {
    const now = this.clock();
    const items: ListedItem[] = [];
    for (const { sort, stored: found } of this.partitions.get(partition)?.behind(after) ?? []) {
      if (items.length >= limit) break;
      const stored = sort.startsWith(prefix) ? alive(found, now) : undefined;
      if (stored !== undefined) items.push(listedItemOf({ partition, sort }, stored));
    }
    return items;
  }

  // It does not await, so check and change are atomic.
  public async write(writes: readonly Write[]): Promise<void> {
    const checked = checkedWrites(writes);
    const now = this.clock();
    const changes = changesOf(
      checked,
      checked.map(({ key }) => this.stored(key)),
      now,
    );
    for (const [index, change] of changes.entries()) {
      const { key } = checked[index] as Write;
      if (change.kind === "put") this.put(key, change.stored);
      if (change.kind === "delete") this.remove(key);
    }
    this.writes += writes.length;
    if (this.writes >= WRITES_PER_SWEEP) this.sweep(now);
  }

  /** All that it holds, also what has expired and was not yet forgotten: as a dump of its bytes shows it */
  public dump(): readonly StoredItem[] {
    return [...this.partitions].flatMap(([partition, items]) =>
      [...items.entries()].map(([sort, { text }]) => ({ key: { partition, sort }, text })),
    );
  }

  public async close(): Promise<void> {
    this.partitions.clear();
  }

  private stored({ partition, sort }: Key): Stored | undefined {
    return this.partitions.get(partition)?.get(sort);
  }

  private put({ partition, sort }: Key, stored: Stored): void {
    const items = this.partitions.get(partition) ?? new SortedItems();
    items.set(sort, stored);
    this.partitions.set(partition, items);
  }

  private remove({ partition, sort }: Key): void {
    const items = this.partitions.get(partition);
    if (items?.delete(sort) === true && items.size === 0) this.partitions.delete(partition);
  }

  private sweep(now: number): void {
    this.writes = 0;
    for (const [partition, items] of this.partitions) {
      if (!items.mayExpire) continue;
      for (const [sort, stored] of items.entries()) {
        if (alive(stored, now) === undefined) this.remove({ partition, sort });
      }
    }
  }
}
