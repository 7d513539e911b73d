import type { AuditRecord } from "../../runtime/audit/audit";
import { entriesIn } from "../../runtime/audit/tlog/entry-bundle";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { HASH_BYTES, leafHash } from "../../runtime/audit/tlog/merkle-hash";
import { TILE_WIDTH, tileIn, type TileName, tilePath } from "../../runtime/audit/tlog/tile-path";
import type { FindingCode } from "./finding";
import type { LogReader } from "./log-reader";
import { NoRecord, recordIn } from "./record";
import { RecordScan } from "./record-scan";
import type { SignedTree } from "./signed-tree";
import { UnsoundLog } from "./unsound-log";

/** A record with its place in the log */
export interface PlacedRecord {
  readonly index: number;
  readonly bytes: Buffer;
  readonly record: AuditRecord;
}

/** Records of a log by their places, each compared with its hash in the signed tree */
export class VerifiedRecords {
  private readonly scan = new RecordScan();
  private last: { readonly bundle: number; readonly entries: readonly Buffer[] } | undefined;

  constructor(
    private readonly reader: LogReader,
    private readonly tree: SignedTree,
  ) {}

  public get size(): number {
    return this.tree.head.size;
  }

  /** @throws UnsoundLog */
  public async at(index: number): Promise<PlacedRecord> {
    if (index >= this.size) throw new RangeError(`the log has ${this.size} entries, none at ${index}`);
    const entries = await this.entries(Math.floor(index / TILE_WIDTH));
    return this.placed(index, entries[index % TILE_WIDTH] as Buffer);
  }

  /** From one place to another, not included, as many at once as a bundle has. @throws UnsoundLog */
  public async *between(from: number, to: number): AsyncGenerator<readonly PlacedRecord[]> {
    for (let index = from; index < to;) {
      const bundle = Math.floor(index / TILE_WIDTH);
      const end = Math.min(to, (bundle + 1) * TILE_WIDTH);
      const entries = (await this.entries(bundle)).slice(index % TILE_WIDTH, (index % TILE_WIDTH) + end - index);
      yield entries.map((bytes, at) => this.placed(index + at, bytes));
      index = end;
    }
  }

  private async entries(bundle: number): Promise<readonly Buffer[]> {
    if (this.last?.bundle === bundle) return this.last.entries;
    const name = tileIn(this.size, 0, bundle) as TileName;
    const file = tilePath({ ...name, level: "entries" });
    const [hashes, bytes] = [await this.tree.tile(0, bundle), await this.reader.read(file)];
    if (hashes === undefined) throw unsound("tile.other", tilePath(name), "is not what was signed");
    if (bytes === undefined) throw unsound("bundle.missing", file, "is missing");
    const entries = split(bytes, name.width, file);
    for (const [place, entry] of entries.entries()) {
      const at = place * HASH_BYTES;
      if (leafHash(entry).equals(hashes.subarray(at, at + HASH_BYTES))) continue;
      const index = bundle * TILE_WIDTH + place;
      const what = `entry ${index} is not the one that was signed`;
      throw new UnsoundLog([{ code: "entry.other", file, index, what }]);
    }
    this.last = { bundle, entries };
    return entries;
  }

  private placed(index: number, bytes: Buffer): PlacedRecord {
    try {
      const isKnown = this.scan.knows(bytes, 0, bytes.length);
      const record = isKnown ? (JSON.parse(bytes.toString("latin1")) as AuditRecord) : recordIn(bytes);
      return { index, bytes, record };
    } catch (error) {
      if (!(error instanceof NoRecord)) throw error;
      throw new UnsoundLog([{ code: error.code, index, what: `entry ${index}: ${error.message}` }]);
    }
  }
}

function split(bytes: Uint8Array, width: number, file: string): readonly Buffer[] {
  try {
    return entriesIn(bytes, width);
  } catch (error) {
    if (error instanceof LogError) throw new UnsoundLog([{ code: "bundle.malformed", file, what: error.message }]);
    throw error;
  }
}

function unsound(code: FindingCode, file: string, what: string): UnsoundLog {
  return new UnsoundLog([{ code, file, what: `${file} ${what}` }]);
}
