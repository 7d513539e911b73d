import { HASH_BYTES, hashAbove, nodeHash } from "./merkle-hash";
import { consistencyPath, inclusionPath } from "./proof";
import { completeSubtrees, type Subtree } from "./subtree";
import { TILE_WIDTH, tileIn, type TileName, tilePath } from "./tile-path";
import { readHashes, type ReadTile } from "./tree-edge";

/** The nodes of a tree of so many leaves, read from its tiles; each tile once */
export class TreeHashes {
  private readonly tiles = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly size: number,
    private readonly readTile: ReadTile,
  ) {}

  public inclusionProof(index: number): Promise<readonly Uint8Array[]> {
    return this.hashesOf(inclusionPath(index, this.size));
  }

  public consistencyProof(old: number): Promise<readonly Uint8Array[]> {
    return this.hashesOf(consistencyPath(old, this.size));
  }

  private hashesOf(path: readonly Subtree[]): Promise<readonly Uint8Array[]> {
    return Promise.all(path.map((subtree) => this.hashOf(subtree)));
  }

  private async hashOf(subtree: Subtree): Promise<Uint8Array> {
    const hashes = await Promise.all(completeSubtrees(subtree).map((part) => this.complete(part)));
    return hashes.reduceRight((right, left) => nodeHash(left, right));
  }

  /** Of a subtree with a power of two of leaves */
  private async complete({ first, end }: Subtree): Promise<Uint8Array> {
    let level = 0;
    while (TILE_WIDTH ** (level + 1) <= end - first) level++;
    const span = TILE_WIDTH ** level;
    const index = Math.floor(first / (span * TILE_WIDTH));
    const [from, to] = [first, end].map((leaf) => leaf / span - index * TILE_WIDTH) as [number, number];
    return hashAbove((await this.tile(level, index)).subarray(from * HASH_BYTES, to * HASH_BYTES));
  }

  private tile(level: number, index: number): Promise<Uint8Array> {
    // INVARIANT: proofs are made of nodes that the tree has.
    const name = tileIn(this.size, level, index) as TileName;
    const path = tilePath(name);
    let tile = this.tiles.get(path);
    if (tile === undefined) {
      tile = readHashes(name, this.readTile);
      this.tiles.set(path, tile);
    }
    return tile;
  }
}
