import { hash } from "node:crypto";
import { HASH_BYTES } from "../../runtime/audit/tlog/merkle-hash";
import { TILE_WIDTH } from "../../runtime/audit/tlog/tile-path";

/** The byte before two hashes (RFC 6962 section 2.1), and they */
const PAIR_BYTES = 1 + 2 * HASH_BYTES;

/**
 * Hash above a full tile. Its memory is used again for each tile, and hashes are texts of Latin-1: of these Node makes three in the
 * time of one Buffer.
 */
export class TileHasher {
  /** Pairs of the lowest level, then of those above, and at last the one whose hash is asked for */
  private readonly memory = Buffer.alloc((TILE_WIDTH - 1) * PAIR_BYTES);
  private readonly pairs: readonly Uint8Array[];

  constructor() {
    this.pairs = Array.from({ length: TILE_WIDTH - 1 }, (_, pair) => {
      const bytes = new Uint8Array(this.memory.buffer, this.memory.byteOffset + pair * PAIR_BYTES, PAIR_BYTES);
      bytes[0] = 1;
      return bytes;
    });
  }

  /** @param latin1 the hash at this place of the tile */
  public put(place: number, latin1: string): void {
    this.memory.write(latin1, (place >> 1) * PAIR_BYTES + 1 + (place & 1) * HASH_BYTES, "latin1");
  }

  /** Of 256 hashes that were put, in Latin-1 */
  public above(): string {
    const last = TILE_WIDTH - 2;
    for (let pair = 0; pair < last; pair++)
      this.put(TILE_WIDTH + pair, hash("sha256", this.pairs[pair] as Uint8Array, "binary"));
    return hash("sha256", this.pairs[last] as Uint8Array, "binary");
  }

  /** @param tile 256 hashes in Latin-1 */
  public aboveTile(tile: string): string {
    for (let place = 0; place < TILE_WIDTH; place++)
      this.put(place, tile.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES));
    return this.above();
  }
}
