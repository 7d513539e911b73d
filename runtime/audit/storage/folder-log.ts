import { hash, randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { CHECKPOINT_PATH } from "../tlog/tile-path";
import { LogForked, type LogStorage, LogUnavailable, type StoredCheckpoint } from "./log-storage";

/**
 * A log in a folder, for one process at a time. A file is whole or not there: it is written under another name, comes to the disk
 * and then gets its own.
 */
export class FolderLog implements LogStorage {
  public readonly name: string;
  /** One checkpoint after the other: what is compared must still be there when it is replaced. */
  private replaced: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {
    this.name = folder;
  }

  public async add(path: string, bytes: Uint8Array): Promise<void> {
    const place = join(this.folder, path);
    const isNew = await this.known(path, () => written(this.folder, place, bytes, link));
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
    if (before === undefined) return this.known(CHECKPOINT_PATH, () => written(this.folder, place, bytes, link));
    if ((await this.checkpoint()).tag !== before.tag) return false;
    return this.known(CHECKPOINT_PATH, () => written(this.folder, place, bytes, rename));
  }

  private async known<T>(path: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const { message } = error as Error;
      throw new LogUnavailable(`the log's file ${path} in ${this.folder} failed: ${message}`, { cause: error });
    }
  }
}

/** @returns whether it got its name: a link never replaces a file. */
async function written(
  log: string,
  place: string,
  bytes: Uint8Array,
  named: (temporary: string, place: string) => Promise<void>,
): Promise<boolean> {
  const folder = dirname(place);
  const made = await mkdir(folder, { recursive: true });
  const temporary = join(folder, `.${randomUUID()}`);
  let isNew = true;
  try {
    // Of a disk that is full, what was begun must not take the last room.
    await durable(temporary, "wx", bytes);
    await named(temporary, place);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    isNew = false;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  await durable(folder, "r");
  // The name of a folder that is new is in the one above. Whose file is there already may have been killed before this.
  if (made !== undefined) await durableAbove(folder, dirname(made));
  else if (!isNew) await durableAbove(folder, log);
  return isNew;
}

/** Folders above the first one, up to the last one */
async function durableAbove(first: string, last: string): Promise<void> {
  for (let at = resolve(first); at !== resolve(last) && at !== dirname(at);) {
    at = dirname(at);
    await durable(at, "r");
  }
}

async function durable(path: string, flags: "r" | "wx", bytes?: Uint8Array): Promise<void> {
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
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function stored(bytes: Uint8Array): StoredCheckpoint {
  return { bytes, tag: hash("sha256", bytes, "hex") };
}
