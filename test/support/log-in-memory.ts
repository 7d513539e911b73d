import { leafHash } from "../../runtime/audit/tlog/merkle-hash";
import { tilePath, type TileName } from "../../runtime/audit/tlog/tile-path";
import { TreeEdge } from "../../runtime/audit/tlog/tree-edge";

/** Tiles of a tree, by path */
export class TilesInMemory {
  public edge = TreeEdge.EMPTY;
  public readonly tiles = new Map<string, Uint8Array>();

  public append(entries: readonly Uint8Array[]): void {
    const { edge, tiles } = this.edge.append(entries.map(leafHash));
    for (const tile of tiles) this.tiles.set(tilePath(tile), tile.bytes);
    this.edge = edge;
  }

  public readonly readTile = async (name: TileName): Promise<Uint8Array> => {
    const bytes = this.tiles.get(tilePath(name));
    if (bytes === undefined) throw new Error(`there is no ${tilePath(name)}`);
    return bytes;
  };
}

/** Entries that all differ */
export function numberedEntries(count: number): readonly Buffer[] {
  return Array.from({ length: count }, (_, number) => Buffer.from(`entry ${number}`));
}
