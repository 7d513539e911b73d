import { hash } from "node:crypto";
import { entriesIn } from "../../runtime/audit/tlog/entry-bundle";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { HASH_BYTES } from "../../runtime/audit/tlog/merkle-hash";
import { TILE_WIDTH, tileIn, type TileName, tilePath } from "../../runtime/audit/tlog/tile-path";
import { Findings, type FoundSoFar } from "./finding";
import type { LogReader } from "./log-reader";
import { NoRecord, recordIn } from "./record";
import { RecordScan } from "./record-scan";
import { TileCheck } from "./tile-check";
import { type Runs, WriterRuns } from "./writer-runs";

/** Bundles that are verified by one thread in a row */
export const CHUNK_TILES = 64;
/** Files are asked for together, as a bucket is far away. */
const TILES_AT_ONCE = 16;
const LENGTH_BYTES = 2;

/** Bundles from one on, with what is signed of them */
export interface ChunkJob {
  /** Of the first bundle */
  readonly first: number;
  readonly count: number;
  /** Entries of the tree */
  readonly size: number;
  /** The hash above each full tile; undefined if it is not as signed */
  readonly above: readonly (Uint8Array | undefined)[];
  /**
   * The partial tile at the right edge, as signed: its file may have grown since; undefined if the chunk does not
   * contain it
   */
  readonly edge: Uint8Array | undefined;
}

export interface ChunkResult {
  readonly found: FoundSoFar;
  readonly runs: Runs;
  /** Entries that could not be read */
  readonly unread: number;
}

/** Verifies bundles and the tiles over them. Its memory is used again for each. */
export class ChunkVerifier {
  private readonly tiles = new TileCheck();
  private readonly scan = new RecordScan();
  private findings = new Findings();
  private writers = new WriterRuns();
  private unread = 0;

  constructor(private readonly reader: LogReader) {}

  public async verify(job: ChunkJob): Promise<ChunkResult> {
    this.findings = new Findings();
    this.writers = new WriterRuns();
    this.unread = 0;
    for (let from = 0; from < job.count; from += TILES_AT_ONCE) {
      const some = Math.min(TILES_AT_ONCE, job.count - from);
      const files = await Promise.all(Array.from({ length: some }, (_, at) => this.files(job, from + at)));
      for (const [at, [bundle, tile]] of files.entries()) this.verifyTile(job, from + at, bundle, tile);
    }
    return { found: this.findings.found, runs: this.writers.runs, unread: this.unread };
  }

  private files({ first, size }: ChunkJob, at: number): Promise<[Uint8Array | undefined, Uint8Array | undefined]> {
    const name = tileIn(size, 0, first + at) as TileName;
    const bundle = tilePath({ ...name, level: "entries" });
    return Promise.all([this.reader.read(bundle), this.reader.read(tilePath(name))]);
  }

  private verifyTile(job: ChunkJob, at: number, bundle: Uint8Array | undefined, tile: Uint8Array | undefined): void {
    const name = tileIn(job.size, 0, job.first + at) as TileName;
    const first = name.index * TILE_WIDTH;
    const report = this.findings.add.bind(this.findings);
    const edge = name.width < TILE_WIDTH ? job.edge : undefined;
    const hashes = this.soundTile(name, edge ?? tile);
    const ends = bundle && this.entryEnds(name, bundle);
    if (bundle === undefined || ends === undefined) {
      const file = tilePath({ ...name, level: "entries" });
      if (bundle === undefined) report({ code: "bundle.missing", file, index: first, what: `${file} is missing` });
      this.unread += name.width;
      if (hashes !== undefined) this.tiles.tileAlone(name, hashes, job.above[at], report);
      return;
    }
    const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
    const leaves = this.tiles.leaves;
    for (let place = 0, start = LENGTH_BYTES; place < name.width; place++) {
      const end = ends[place] as number;
      leaves[place] = leafText(bytes, start, end);
      start = end + LENGTH_BYTES;
    }
    const isTileSigned = name.width < TILE_WIDTH ? edge !== undefined : job.above[at];
    const changed = this.tiles.check(name, hashes, isTileSigned, report);
    for (let place = 0, start = LENGTH_BYTES; place < name.width; place++) {
      const end = ends[place] as number;
      if (changed?.has(place) === true) this.unread++;
      else this.record(bytes, start, end, first + place);
      start = end + LENGTH_BYTES;
    }
  }

  private soundTile(name: TileName, tile: Uint8Array | undefined): string | undefined {
    const file = tilePath(name);
    const wanted = name.width * HASH_BYTES;
    if (tile?.length === wanted) return Buffer.from(tile.buffer, tile.byteOffset, wanted).toString("latin1");
    const what = tile === undefined ? `${file} is missing` : `${file} must have ${wanted} bytes, got ${tile.length}`;
    // What is missing at the edge was reported with the root.
    if (name.width === TILE_WIDTH)
      this.findings.add({ code: tile === undefined ? "tile.missing" : "tile.malformed", file, what });
    return undefined;
  }

  /** Where each entry ends; undefined if the bundle has other entries than so many, which is reported */
  private entryEnds(name: TileName, bundle: Uint8Array): readonly number[] | undefined {
    const ends: number[] = [];
    let end = 0;
    while (end + LENGTH_BYTES <= bundle.length && ends.length < name.width) {
      end += LENGTH_BYTES + (((bundle[end] as number) << 8) | (bundle[end + 1] as number));
      ends.push(end);
    }
    if (ends.length === name.width && end === bundle.length) return ends;
    const file = tilePath({ ...name, level: "entries" });
    try {
      entriesIn(bundle, name.width);
    } catch (error) {
      if (!(error instanceof LogError)) throw error;
      const index = name.index * TILE_WIDTH;
      this.findings.add({ code: "bundle.malformed", file, index, what: `${file}: ${error.message}` });
    }
    return undefined;
  }

  private record(bytes: Buffer, start: number, end: number, index: number): void {
    if (this.scan.knows(bytes, start, end)) return this.writers.add(this.scan.writer, this.scan.sequence, index);
    try {
      const { writer, sequence } = recordIn(bytes.subarray(start, end));
      this.writers.add(writer, sequence, index);
    } catch (error) {
      if (!(error instanceof NoRecord)) throw error;
      this.unread++;
      this.findings.add({ code: error.code, index, what: `entry ${index}: ${error.message}` });
    }
  }
}

/** Hash of a leaf (RFC 6962 section 2.1) in Latin-1. For a moment the byte before the entry is the zero that is hashed with it. */
function leafText(bytes: Buffer, start: number, end: number): string {
  const before = bytes[start - 1] as number;
  bytes[start - 1] = 0;
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset + start - 1, end - start + 1);
  const text = hash("sha256", view, "binary");
  bytes[start - 1] = before;
  return text;
}
