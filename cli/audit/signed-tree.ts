import { HASH_BYTES } from "../../runtime/audit/tlog/merkle-hash";
import type { TreeHead } from "../../runtime/audit/tlog/proof";
import { TILE_WIDTH, tileIn, type TileName, tilePath } from "../../runtime/audit/tlog/tile-path";
import { TreeEdge } from "../../runtime/audit/tlog/tree-edge";
import type { Finding } from "./finding";
import type { LogReader } from "./log-reader";
import { TileHasher } from "./tile-hasher";

/** What of a tree is not what was signed; it was reported already. */
export class UnsoundTree extends Error {
  public override readonly name = "UnsoundTree";
}

type HashTile = TileName & { readonly level: number };

/**
 * The tiles of hashes below a signed root. Each is compared with the hash above it before it is given out, up to the right edge, which
 * makes the root.
 */
export class SignedTree {
  private readonly hasher = new TileHasher();
  /** The last tile of each level: they are asked for in a row. */
  private readonly last = new Map<number, { readonly path: string; readonly bytes: Buffer | undefined }>();
  private readonly edge = new Map<string, Buffer>();
  private readonly reported = new Set<string>();

  private constructor(
    private readonly reader: LogReader,
    public readonly head: TreeHead,
    private readonly report: (finding: Finding) => void,
  ) {}

  public static async open(reader: LogReader, head: TreeHead, report: (finding: Finding) => void): Promise<SignedTree> {
    const tree = new SignedTree(reader, head, report);
    await tree.readEdge();
    return tree;
  }

  /** Whether the right edge yields the signed root: otherwise nothing is known about the rest. */
  public isSigned = false;

  /** Hashes of a tile, as signed; undefined if it is not, which was reported */
  public async tile(level: number, index: number): Promise<Buffer | undefined> {
    const name = tileIn(this.head.size, level, index) as HashTile | undefined;
    if (name === undefined) throw new RangeError(`a tree of ${this.head.size} entries has no tile ${level}/${index}`);
    const path = tilePath(name);
    if (name.width < TILE_WIDTH) return this.isSigned ? this.edge.get(path) : undefined;
    const last = this.last.get(level);
    if (last?.path === path) return last.bytes;
    const bytes = await this.full(name, path);
    this.last.set(level, { path, bytes });
    return bytes;
  }

  /** For what takes tiles by name. @throws UnsoundTree */
  public readonly readTile = async (name: TileName): Promise<Uint8Array> => {
    const bytes = await this.tile(name.level as number, name.index);
    if (bytes === undefined) throw new UnsoundTree(`${tilePath(name)} is not what was signed`);
    return bytes;
  };

  /** The hash that a full tile must have; undefined if what is above it is not as signed */
  public async above(level: number, index: number): Promise<Buffer | undefined> {
    const parent = await this.tile(level + 1, Math.floor(index / TILE_WIDTH));
    const at = (index % TILE_WIDTH) * HASH_BYTES;
    return parent?.subarray(at, at + HASH_BYTES);
  }

  private async full(name: HashTile, path: string): Promise<Buffer | undefined> {
    const wanted = await this.above(name.level, name.index);
    const bytes = await this.read(name, path);
    if (wanted === undefined || bytes === undefined) return undefined;
    if (this.hasher.aboveTile(bytes.toString("latin1")) === wanted.toString("latin1")) return bytes;
    this.once({ code: "tile.other", file: path, what: `${path} does not have the hash that is signed above it` });
    return undefined;
  }

  private async readEdge(): Promise<void> {
    const { size, root } = this.head;
    for (let level = 0; TILE_WIDTH ** level <= size; level++) {
      const name = tileIn(size, level, Math.floor(size / TILE_WIDTH ** (level + 1))) as HashTile | undefined;
      const bytes = name && (await this.read(name, tilePath(name)));
      if (name !== undefined && bytes === undefined) return;
      if (name !== undefined && bytes !== undefined) this.edge.set(tilePath(name), bytes);
    }
    const made = await TreeEdge.read(size, async (name) => this.edge.get(tilePath(name)) as Buffer);
    this.isSigned = made.root.equals(root);
    if (this.isSigned) return;
    const files = [...this.edge.keys()].join(", ");
    this.once({
      code: "root.other",
      what: `the root of ${size} entries is not the signed one: one of ${files} is false`,
    });
  }

  private async read(name: HashTile, path: string): Promise<Buffer | undefined> {
    const bytes = await this.reader.read(path);
    const wanted = name.width * HASH_BYTES;
    if (bytes?.length === wanted) return Buffer.from(bytes.buffer, bytes.byteOffset, wanted);
    this.once(
      bytes === undefined
        ? { code: "tile.missing", file: path, what: `${path} is missing` }
        : { code: "tile.malformed", file: path, what: `${path} must have ${wanted} bytes, got ${bytes.length}` },
    );
    return undefined;
  }

  private once(finding: Finding): void {
    const key = `${finding.code} ${finding.file ?? ""}`;
    if (this.reported.has(key)) return;
    this.reported.add(key);
    this.report(finding);
  }
}
