import { Level } from "level";
import { type Clock, systemClock } from "../clock";
import { checkedWrites, checkKeys } from "./checked";
import { FolderIdentity, type FolderRecord, type FolderRecords } from "./folder-identity";
import { type Item, type Key, type ListedItem, type StateStore, StoreUnavailable, type Write } from "./store";
import { alive, changesOf, itemOf, listedItemOf, type Stored } from "./transaction";

/** What has expired is looked for when the folder is opened, and once in so many writes. */
const WRITES_PER_SWEEP = 20_000;
const SWEPT_AT_ONCE = 1_000;

type Database = Level<Buffer, string>;
type Operation = { type: "put"; key: Buffer; value: string } | { type: "del"; key: Buffer };

const ENCODINGS = { keyEncoding: "buffer", valueEncoding: "utf8" } as const;

/**
 * State in a folder of one machine, for one process at a time. A write is answered once it is on the disk.
 *
 * A copy of the folder is another store, and so is one that was set back to before it was last opened or closed. A disk that
 * was set back as a whole is not told from the one before.
 */
export class LevelStore implements StateStore {
  /** Writes run one after the other: between check and change of one no other comes. */
  private last: Promise<unknown> = Promise.resolve();
  private writes = 0;

  private constructor(
    private readonly database: Database,
    private readonly folder: FolderIdentity,
    private readonly clock: Clock,
  ) {}

  /**
   * Open the folder, or make it.
   *
   * @throws StoreUnavailable also if another process has it open
   */
  public static async open(folder: string, clock: Clock = systemClock): Promise<LevelStore> {
    const database: Database = new Level<Buffer, string>(folder, ENCODINGS);
    try {
      await database.open();
    } catch (error) {
      const { code } = ((error as Error).cause as { code?: string } | undefined) ?? {};
      const fix =
        code === "LEVEL_LOCKED" ? "another process has it open: stop it, or name another folder" : causeOf(error);
      throw new StoreUnavailable(`the store in ${folder} cannot be opened: ${fix}`, { cause: error });
    }
    return known(async () => {
      const store = new LevelStore(database, await FolderIdentity.of(folder, recordsIn(database)), clock);
      await store.sweep();
      return store;
    }).catch(async (error: unknown) => {
      await database.close();
      throw error;
    });
  }

  public async identity(): Promise<string> {
    return this.folder.name;
  }

  public async read(keys: readonly Key[]): Promise<readonly (Item | undefined)[]> {
    checkKeys(keys);
    const found = await this.stored(keys);
    const now = this.clock();
    return keys.map((key, index) => {
      const stored = alive(found[index], now);
      return stored && itemOf(key, stored);
    });
  }

  public async list(partition: string, prefix: string, limit: number, after?: string): Promise<readonly ListedItem[]> {
    const head = partitionBytes(partition);
    const begin = Buffer.concat([head, Buffer.from(prefix)]);
    const behind = Buffer.concat([head, Buffer.from(after ?? "")]);
    const from = after === undefined || behind.compare(begin) < 0 ? { gte: begin } : { gt: behind };
    // No text in UTF-8 has a byte 0xff.
    const range = { ...from, lt: Buffer.concat([begin, Buffer.of(0xff)]) };
    return known(async () => {
      const now = this.clock();
      const items: ListedItem[] = [];
      if (limit <= 0) return items;
      for await (const [key, text] of this.database.iterator(range)) {
        const stored = alive(JSON.parse(text) as Stored, now);
        if (stored === undefined) continue;
        items.push(listedItemOf({ partition, sort: key.subarray(head.length).toString("utf8") }, stored));
        if (items.length >= limit) break;
      }
      return items;
    });
  }

  public async write(writes: readonly Write[]): Promise<void> {
    const checked = checkedWrites(writes);
    await this.alone(async () => {
      const found = await this.stored(checked.map(({ key }) => key));
      const changes = changesOf(checked, found, this.clock());
      const operations = changes.flatMap((change, index): Operation[] => {
        const key = keyBytes((checked[index] as Write).key);
        if (change.kind === "none") return [];
        return [
          change.kind === "put" ? { type: "put", key, value: JSON.stringify(change.stored) } : { type: "del", key },
        ];
      });
      await known(() => this.database.batch(operations, { sync: true }));
    });
    this.writes += writes.length;
    if (this.writes < WRITES_PER_SWEEP) return;
    this.writes = 0;
    // In the background; a later sweep removes what this one leaves.
    void this.sweep().catch(() => undefined);
  }

  public async close(): Promise<void> {
    await this.alone(() =>
      known(async () => {
        try {
          if (this.database.status === "open") await this.folder.renew();
        } finally {
          await this.database.close();
        }
      }),
    );
  }

  private async stored(keys: readonly Key[]): Promise<readonly (Stored | undefined)[]> {
    const texts: readonly (string | undefined)[] = await known(() => this.database.getMany(keys.map(keyBytes)));
    return texts.map((text) => (text === undefined ? undefined : (JSON.parse(text) as Stored)));
  }

  private alone<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.last.then(act);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  /** Remove what has expired. */
  private async sweep(): Promise<void> {
    const now = this.clock();
    let expired: Buffer[] = [];
    for await (const [key, text] of this.database.iterator()) {
      if (alive(JSON.parse(text) as Stored, now) === undefined) expired.push(key);
      if (expired.length >= SWEPT_AT_ONCE) {
        await this.remove(expired, now);
        expired = [];
      }
    }
    await this.remove(expired, now);
  }

  /** It may have been written again since it was seen to have expired. */
  private async remove(keys: Buffer[], now: number): Promise<void> {
    await this.alone(async () => {
      const texts: readonly (string | undefined)[] = await this.database.getMany(keys);
      const gone = keys.filter((_, index) => {
        const text = texts[index];
        return text !== undefined && alive(JSON.parse(text) as Stored, now) === undefined;
      });
      await this.database.batch(gone.map((key): Operation => ({ type: "del", key })));
    });
  }
}

/** INVARIANT: the length comes first, so that no partition begins as another does. */
function partitionBytes(partition: string): Buffer {
  const bytes = Buffer.from(partition);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function keyBytes({ partition, sort }: Key): Buffer {
  return Buffer.concat([partitionBytes(partition), Buffer.from(sort)]);
}

/** Under a key that cannot be an item's: no partition is as long as its first two bytes say. */
function recordsIn(database: Database): FolderRecords {
  const key = Buffer.from("folder");
  return {
    read: async () => {
      const text: string | undefined = await database.get(key);
      return text === undefined ? undefined : (JSON.parse(text) as FolderRecord);
    },
    write: (record) => database.put(key, JSON.stringify(record), { sync: true }),
  };
}

async function known<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw new StoreUnavailable(`the store in its folder failed: ${causeOf(error)}`, { cause: error });
  }
}

function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
