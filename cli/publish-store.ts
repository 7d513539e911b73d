import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

export interface Stored {
  readonly bytes: Buffer;
  /** Changes with the content */
  readonly tag: string | undefined;
}

/** Where what is in force lies */
export interface PublishStore {
  /** As messages name it */
  readonly name: string;
  /** What lies there now, if anything does */
  read(): Promise<Stored | undefined>;
  /**
   * Put something in the place of what was read.
   *
   * @throws CliError if that is not there any more
   */
  replace(read: Stored | undefined, bytes: Uint8Array): Promise<void>;
}

/** A file, for places without AWS. It has no lock: only one person may sign at a time. */
export class FileStore implements PublishStore {
  constructor(public readonly name: string) {}

  public async read(): Promise<Stored | undefined> {
    return existsSync(this.name) ? { bytes: readFileSync(this.name), tag: undefined } : undefined;
  }

  public async replace(_read: Stored | undefined, bytes: Uint8Array): Promise<void> {
    const unfinished = `${this.name}.${randomUUID().slice(0, 8)}`;
    try {
      writeFileSync(unfinished, bytes);
      renameSync(unfinished, this.name);
    } finally {
      rmSync(unfinished, { force: true });
    }
  }
}
