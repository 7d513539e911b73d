import { randomUUID } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const FILE = "AMBIT-STORE";

/** What a database remembers of the file beside it */
export interface FolderRecord {
  /** Of the store */
  readonly name: string;
  readonly inode: string;
  /** What was in the file, and when that was put there */
  readonly state: string;
  /** Whether the file was about to be written anew, and may have been */
  readonly changing: boolean;
}

export interface FolderRecords {
  read(): Promise<FolderRecord | undefined>;
  /** Answers once it is on the disk. */
  write(record: FolderRecord): Promise<void>;
}

/**
 * Names the database of a folder so that a copy has another name, and one that was set back too: by a file beside it, which is
 * written anew whenever the database is opened or closed. A copy of the file is another file, and an older database
 * remembers an older one.
 */
export class FolderIdentity {
  private constructor(
    private readonly path: string,
    private readonly records: FolderRecords,
    public readonly name: string,
  ) {}

  public static async of(folder: string, records: FolderRecords): Promise<FolderIdentity> {
    const path = join(folder, FILE);
    // Makes it where it is not there.
    await (await open(path, "a")).close();
    const [known, found] = await Promise.all([records.read(), look(path)]);
    const same = known?.inode === found.inode && (known.changing || known.state === found.state);
    const identity = new FolderIdentity(path, records, same ? known.name : `folder:${randomUUID()}`);
    await identity.renew();
    return identity;
  }

  /** From here on the database of before is known to be an older one. */
  public async renew(): Promise<void> {
    const { name } = this;
    await this.records.write({ name, ...(await look(this.path)), changing: true });
    const file = await open(this.path, "r+");
    try {
      await file.write(randomUUID(), 0);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.records.write({ name, ...(await look(this.path)), changing: false });
  }
}

async function look(path: string): Promise<Pick<FolderRecord, "inode" | "state">> {
  const [text, { ino, ctimeNs }] = await Promise.all([readFile(path, "utf8"), stat(path, { bigint: true })]);
  return { inode: `${ino}`, state: `${text} ${ctimeNs}` };
}
