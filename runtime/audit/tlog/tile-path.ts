/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles) */
export const TILE_WIDTH = 256;
/** C2SP tlog-tiles */
const HIGHEST_LEVEL = 63;
const DIGITS = 3;

export const CHECKPOINT_PATH = "checkpoint";

/** A tile of hashes, or a bundle of entries where the level is `entries` */
export interface TileName {
  readonly level: number | "entries";
  readonly index: number;
  /** 256 where it is full */
  readonly width: number;
}

/** Where a tile or bundle lies below the log's prefix (C2SP tlog-tiles) */
export function tilePath({ level, index, width }: TileName): string {
  if (level !== "entries") checkWhole("a tile's level", level, 0, HIGHEST_LEVEL);
  checkWhole("a tile's index", index, 0, Number.MAX_SAFE_INTEGER);
  checkWhole("a tile's width", width, 1, TILE_WIDTH);
  const digits = String(index);
  const parts = digits.padStart(Math.ceil(digits.length / DIGITS) * DIGITS, "0").match(/\d{3}/g) as string[];
  const elements = parts.map((part, at) => (at < parts.length - 1 ? `x${part}` : part));
  return `tile/${level}/${elements.join("/")}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

/**
 * The tile at this place in a tree of `size` leaves, partial if the tree ends in it; undefined if the tree does not
 * reach it.
 */
export function tileIn(size: number, level: number, index: number): TileName | undefined {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  const width = Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH);
  return width > 0 ? { level, index, width } : undefined;
}

function checkWhole(what: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new RangeError(`${what} must be a whole number from ${least} to ${most}, got ${value}`);
}
