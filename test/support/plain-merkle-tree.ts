import { createHash } from "node:crypto";

/** RFC 6962 section 2.1 word by word, slow and without tiles: the oracle of what is quick. */

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export function plainRoot(entries: readonly Uint8Array[]): Buffer {
  if (entries.length === 0) return sha256();
  if (entries.length === 1) return sha256(Buffer.of(0), entries[0] as Uint8Array);
  const k = split(entries.length);
  return sha256(Buffer.of(1), plainRoot(entries.slice(0, k)), plainRoot(entries.slice(k)));
}

/** PATH(m, D[n]) */
export function plainInclusion(m: number, entries: readonly Uint8Array[]): readonly Buffer[] {
  if (entries.length <= 1) return [];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...plainInclusion(m, left), plainRoot(right)] : [...plainInclusion(m - k, right), plainRoot(left)];
}

/** PROOF(m, D[n]) */
export function plainConsistency(m: number, entries: readonly Uint8Array[]): readonly Buffer[] {
  return m === 0 ? [] : subproof(m, entries, true);
}

function subproof(m: number, entries: readonly Uint8Array[], whole: boolean): readonly Buffer[] {
  if (m === entries.length) return whole ? [] : [plainRoot(entries)];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k ? [...subproof(m, left, whole), plainRoot(right)] : [...subproof(m - k, right, false), plainRoot(left)];
}

function split(n: number): number {
  return 2 ** Math.ceil(Math.log2(n) - 1);
}
