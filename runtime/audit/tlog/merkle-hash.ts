import { hash } from "node:crypto";

/** Bytes of a SHA-256 hash */
export const HASH_BYTES = 32;
const LEAF = Buffer.of(0x00);
const NODE = Buffer.of(0x01);

/** Root of the tree without a leaf (RFC 6962 section 2.1) */
export const EMPTY_ROOT = hash("sha256", Buffer.alloc(0), "buffer");

/** Hash of a leaf (RFC 6962 section 2.1) */
export function leafHash(entry: Uint8Array): Buffer {
  return hash("sha256", Buffer.concat([LEAF, entry]), "buffer");
}

/** Hash of the node above two others (RFC 6962 section 2.1) */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash("sha256", Buffer.concat([NODE, left, right]), "buffer");
}

/** Hash above as many hashes in a row as a power of two, such as those of a full tile */
export function hashAbove(row: Uint8Array): Buffer {
  const hashes = Buffer.from(row);
  // In place, and as text: an object for each hash would take as long as the hash.
  const node = Buffer.concat([NODE, Buffer.alloc(2 * HASH_BYTES)]);
  for (let length = hashes.length; length > HASH_BYTES; length /= 2) {
    for (let at = 0; at < length; at += 2 * HASH_BYTES) {
      hashes.copy(node, NODE.length, at, at + 2 * HASH_BYTES);
      hashes.write(hash("sha256", node, "binary"), at / 2, "binary");
    }
  }
  return hashes.subarray(0, HASH_BYTES);
}
