import { hash, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CHECKPOINT_PATH } from "../tlog/tile-path";
import { Bounded } from "../../bounded";
import { LogForked, type LogStorage, LogUnavailable, type StoredCheckpoint } from "./log-storage";

/** Folders that are known to be on the disk: each look writes to some of them, and to two that are new */
const MOST_FOLDERS = 64;

/**
 * A log in a folder, for one process at a time. A file is whole or not there: it is written under another name, comes to the disk
 * and then gets its own.
 */
export class FolderLog implements LogStorage {
  public readonly name: string;
  private readonly folder: string;
  /** One checkpoint after the other: what is compared must still be there when it is replaced. */
  private replaced: Promise<unknown> = Promise.resolve();
  /** By path: their names are on the disk, as are those of all folders above */
  private durable = new Bounded<Promise<void>>(MOST_FOLDERS);

  constructor(folder: string) {
    this.name = folder;
    this.folder = resolve(folder);
  }

  public async add(path: string, bytes: Uint8Array): Promise<void> {
    const place = join(this.folder, path);
    const isNew = await this.known(path, () => this.written(place, bytes, linked));
    if (!isNew && !Buffer.from(await this.read(path)).equals(bytes))
      throw new LogForked(`${place} was written with other bytes: the log has forked`);
  }

  public async read(path: string): Promise<Uint8Array> {
    const bytes = await this.known(path, () => found(join(this.folder, path)));
    if (bytes === undefined) throw new LogForked(`${join(this.folder, path)} is gone`);
    return bytes;
  }

  public async checkpoint(): Promise<StoredCheckpoint> {
    return stored(await this.read(CHECKPOINT_PATH));
  }

  public replaceCheckpoint(before: StoredCheckpoint | undefined, bytes: Uint8Array): Promise<boolean> {
    const replaced = this.replaced.then(() => this.isReplaced(before, bytes));
    this.replaced = replaced.catch(() => undefined);
    return replaced;
  }

  private async isReplaced(before: StoredCheckpoint | undefined, bytes: Uint8Array): Promise<boolean> {
    const place = join(this.folder, CHECKPOINT_PATH);
    if (before === undefined) return this.known(CHECKPOINT_PATH, () => this.written(place, bytes, linked));
    if ((await this.checkpoint()).tag !== before.tag) return false;
    return this.known(CHECKPOINT_PATH, () => this.written(place, bytes, renamed));
  }

  private async known<T>(path: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      // A folder may be gone.
      this.durable = new Bounded(MOST_FOLDERS);
      const { message } = error as Error;
      throw new LogUnavailable(`the log's file ${path} in ${this.folder} failed: ${message}`, { cause: error });
    }
  }

  /** @returns whether it got its name: a link never replaces a file. */
  private async written(place: string, bytes: Uint8Array, named: Naming): Promise<boolean> {
    const folder = dirname(place);
    await this.made(folder);
    const temporary = join(folder, `.${randomUUID()}`);
    let isNew: boolean;
    try {
      await synced(temporary, "wx", bytes);
      isNew = await named(temporary, place);
    } catch (error) {
      // Of a disk that is full, what was begun must not take the last room.
      await removed(temporary);
      throw error;
    }
    await synced(folder, "r");
    return isNew;
  }

  /**
   * Have the folder there, and its name on the disk: one that is there may have been made by a process that was killed before. Once for
   * each folder.
   */
  private made(folder: string): Promise<void> {
    const known = this.durable.of(folder);
    if (known !== undefined) return known;
    const made = folder === this.folder ? madeAbove(folder) : this.madeWithin(folder);
    this.durable.put(folder, made);
    return made;
  }

  private async madeWithin(folder: string): Promise<void> {
    const above = dirname(folder);
    await this.made(above);
    await mkdir(folder, { recursive: true });
    await synced(above, "r");
  }
}

/** Make the folder of the log, and have it on the disk with those above that are new. */
async function madeAbove(log: string): Promise<void> {
  const first = await mkdir(log, { recursive: true });
  if (first === undefined) return;
  for (let at = log; at !== dirname(first);) {
    at = dirname(at);
    await synced(at, "r");
  }
}

/** Gives the file its own name. @returns false where another has it */
type Naming = (temporary: string, place: string) => Promise<boolean>;

const linked: Naming = async (temporary, place) => {
  const isNew = await link(temporary, place).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    },
  );
  await removed(temporary);
  return isNew;
};

const renamed: Naming = async (temporary, place) => {
  await rename(temporary, place);
  return true;
};

async function removed(temporary: string): Promise<void> {
  await unlink(temporary).catch(() => undefined);
}

/** Write or open it, and have it on the disk. */
async function synced(path: string, flags: "r" | "wx", bytes?: Uint8Array): Promise<void> {
  const file = await open(path, flags);
  try {
    if (bytes !== undefined) await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function found(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function stored(bytes: Uint8Array): StoredCheckpoint {
  return { bytes, tag: hash("sha256", bytes, "hex") };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
