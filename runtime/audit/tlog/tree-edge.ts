import { LogError } from "./log-error";
import { EMPTY_ROOT, HASH_BYTES, hashAbove, nodeHash } from "./merkle-hash";
import { completeSubtrees } from "./subtree";
import { TILE_WIDTH, tileIn, type TileName, tilePath } from "./tile-path";

export interface Tile extends TileName {
  readonly level: number;
  readonly bytes: Uint8Array;
}

/** Reads a tile or bundle that the log has. Rejects where it is not there. */
export type ReadTile = (name: TileName) => Promise<Uint8Array>;

/**
 * The hashes of a tile, as many as its name says
 *
 * @throws LogError
 */
export async function readHashes(name: TileName, readTile: ReadTile): Promise<Uint8Array> {
  const bytes = await readTile(name);
  const wanted = name.width * HASH_BYTES;
  if (bytes.length === wanted) return bytes;
  throw new LogError(`${tilePath(name)} must have ${wanted} bytes, got ${bytes.length}`);
}

/** The right edge of a tree: its partial tiles, one of each level, from which all that is appended follows */
export class TreeEdge {
  /** Of a log without entries */
  public static readonly EMPTY = new TreeEdge(0, []);

  private known: Buffer | undefined;

  private constructor(
    public readonly size: number,
    /** By level; without bytes where the level ends with a full tile */
    private readonly partial: readonly Uint8Array[],
  ) {}

  /** Read the edge of a tree of `size` leaves. */
  public static async read(size: number, readTile: ReadTile): Promise<TreeEdge> {
    const partial: Promise<Uint8Array>[] = [];
    for (let level = 0; TILE_WIDTH ** level <= size; level++) {
      const tile = tileIn(size, level, Math.floor(size / TILE_WIDTH ** (level + 1)));
      partial.push(tile === undefined ? Promise.resolve(new Uint8Array()) : readHashes(tile, readTile));
    }
    return new TreeEdge(size, await Promise.all(partial));
  }

  /** Append leaves by their hashes. @returns the edge behind them, and each tile that is new or wider */
  public append(leaves: readonly Uint8Array[]): { readonly edge: TreeEdge; readonly tiles: readonly Tile[] } {
    const size = this.size + leaves.length;
    const partial: Uint8Array[] = [...this.partial];
    const tiles: Tile[] = [];
    let row: readonly Uint8Array[] = leaves;
    for (let level = 0; row.length > 0; level++) {
      const before = this.partial[level] ?? new Uint8Array();
      const bytes = Buffer.concat([before, ...row]);
      const first = Math.floor(this.size / TILE_WIDTH ** (level + 1));
      const full = Math.floor(bytes.length / (TILE_WIDTH * HASH_BYTES));
      const rest = bytes.subarray(full * TILE_WIDTH * HASH_BYTES);
      const above: Uint8Array[] = [];
      for (let at = 0; at < full; at++) {
        const tile = bytes.subarray(at * TILE_WIDTH * HASH_BYTES, (at + 1) * TILE_WIDTH * HASH_BYTES);
        tiles.push({ level, index: first + at, width: TILE_WIDTH, bytes: tile });
        above.push(hashAbove(tile));
      }
      if (rest.length > 0) tiles.push({ level, index: first + full, width: rest.length / HASH_BYTES, bytes: rest });
      partial[level] = rest;
      row = above;
    }
    return { edge: new TreeEdge(size, partial), tiles };
  }

  /** Merkle root of the tree (RFC 6962 section 2.1) */
  public get root(): Buffer {
    return (this.known ??= this.hashed());
  }

  private hashed(): Buffer {
    let root: Buffer | undefined;
    // From right to left: those of the lowest level are the smallest, and the last.
    for (const row of this.partial) {
      for (const { first, end } of [...completeSubtrees({ first: 0, end: row.length / HASH_BYTES })].reverse()) {
        const left = hashAbove(row.subarray(first * HASH_BYTES, end * HASH_BYTES));
        root = root === undefined ? left : nodeHash(left, root);
      }
    }
    return root ?? EMPTY_ROOT;
  }
}
