import { LogError } from "./log-error";

const LENGTH_BYTES = 2;
/** The length of an entry has 16 bits (C2SP tlog-tiles). */
export const MOST_ENTRY_BYTES = 65_535;

/** Entries in a row, each behind its length (C2SP tlog-tiles) */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > MOST_ENTRY_BYTES)
        throw new RangeError(`an entry must have at most ${MOST_ENTRY_BYTES} bytes, got ${entry.length}`);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/**
 * The entries of a bundle
 *
 * @param width so many it must have
 * @throws LogError if it has more, fewer or half an entry
 */
export function entriesIn(bundle: Uint8Array, width: number): readonly Buffer[] {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.byteLength);
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + LENGTH_BYTES;
    at = start <= bytes.length ? start + bytes.readUInt16BE(start - LENGTH_BYTES) : Infinity;
    if (at > bytes.length) throw new LogError(`entry ${entries.length} of the bundle is cut off`);
    entries.push(bytes.subarray(start, at));
  }
  if (entries.length !== width) throw new LogError(`the bundle must have ${width} entries, got ${entries.length}`);
  return entries;
}
