import { LogError } from "./log-error";

const LENGTH_BYTES = 2;
/** The length of an entry has 16 bits (C2SP tlog-tiles). */
export const MOST_ENTRY_BYTES = 65_535;

/** Entries in a row, each behind its length (C2SP tlog-tiles) */
export function bundleOf(entries: readonly Uint8Array[]): Buffer {
  const bundle = Buffer.allocUnsafe(entries.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MOST_ENTRY_BYTES)
      throw new RangeError(`an entry must have at most ${MOST_ENTRY_BYTES} bytes, got ${entry.length}`);
    at = bundle.writeUInt16BE(entry.length, at);
    bundle.set(entry, at);
    at += entry.length;
  }
  return bundle;
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
