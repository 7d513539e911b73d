import { HASH_BYTES } from "../../runtime/audit/tlog/merkle-hash";
import { TILE_WIDTH, type TileName, tilePath } from "../../runtime/audit/tlog/tile-path";
import type { Finding } from "./finding";
import { TileHasher } from "./tile-hasher";

type Report = (finding: Finding) => void;

/** Compares the leaves that entries have with their tile, and with what is signed above it. Hashes are texts of Latin-1. */
export class TileCheck {
  /** Of the entries, as many as the tile is wide */
  public readonly leaves: string[] = new Array<string>(TILE_WIDTH).fill("");
  private readonly hasher = new TileHasher();

  /**
   * @param hashes of the tile; undefined if it is not there, which is reported elsewhere
   * @param signed the hash that must be above a full tile, or whether a partial one is as signed
   * @returns places of entries that are not what was signed
   */
  public check(
    name: TileName,
    hashes: string | undefined,
    signed: Uint8Array | boolean | undefined,
    report: Report,
  ): ReadonlySet<number> | undefined {
    const above = typeof signed === "object" ? Buffer.from(signed).toString("latin1") : undefined;
    const isAsTile = hashes !== undefined && this.leaves.every((leaf, place) => this.isIn(hashes, name, leaf, place));
    const isAsSigned = above === undefined ? undefined : this.aboveLeaves() === above;
    if (isAsSigned === true) {
      if (hashes !== undefined && !isAsTile) report(tileIsOther(name, "its bundle is as signed, and the tile is not"));
      return undefined;
    }
    if (above !== undefined && (hashes === undefined || isAsTile)) {
      if (isAsTile) report(tileIsOther(name, "it agrees with its bundle, and both are other ones than were signed"));
      const { code, index, file } = entryAt(name, 0);
      report({
        code,
        index,
        file,
        what: `the entries from ${index} to ${index + name.width - 1} are not those that were signed`,
      });
      return every(name.width);
    }
    if (hashes === undefined || isAsTile) return undefined;
    const isTileSigned = above === undefined ? signed === true : this.hasher.aboveTile(hashes) === above;
    if (above !== undefined && !isTileSigned) report(tileIsOther(name, "it is not as signed"));
    return this.changed(name, hashes, isTileSigned, report);
  }

  /** The tile without its bundle */
  public tileAlone(name: TileName, hashes: string, above: Uint8Array | undefined, report: Report): void {
    if (name.width < TILE_WIDTH || above === undefined) return;
    if (this.hasher.aboveTile(hashes) !== Buffer.from(above).toString("latin1"))
      report(tileIsOther(name, "it is not as signed"));
  }

  private changed(name: TileName, hashes: string, isTileSigned: boolean, report: Report): ReadonlySet<number> {
    const changed = new Set<number>();
    for (let place = 0; place < name.width; place++) {
      if (this.isIn(hashes, name, this.leaves[place] as string, place)) continue;
      changed.add(place);
      const { index, file } = entryAt(name, place);
      const signed = isTileSigned
        ? "the one that was signed"
        : "what its tile says, which of the two is false is not known";
      report({ code: "entry.other", index, file, what: `entry ${index} is not ${signed}` });
    }
    return changed;
  }

  private isIn(hashes: string, { width }: TileName, leaf: string, place: number): boolean {
    return place >= width || hashes.startsWith(leaf, place * HASH_BYTES);
  }

  private aboveLeaves(): string {
    for (let place = 0; place < TILE_WIDTH; place++) this.hasher.put(place, this.leaves[place] as string);
    return this.hasher.above();
  }
}

function tileIsOther(name: TileName, why: string): Finding {
  const file = tilePath(name);
  return { code: "tile.other", file, what: `${file} does not have the hash that is signed above it: ${why}` };
}

function entryAt(name: TileName, place: number): { code: "entry.other"; index: number; file: string } {
  return { code: "entry.other", index: name.index * TILE_WIDTH + place, file: tilePath({ ...name, level: "entries" }) };
}

function every(width: number): ReadonlySet<number> {
  return new Set(Array.from({ length: width }, (_, place) => place));
}
