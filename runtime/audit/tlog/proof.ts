import { LogError } from "./log-error";
import { nodeHash } from "./merkle-hash";
import { leftOf, type Subtree } from "./subtree";

/** A Merkle root and how many leaves it is of */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** Whose hashes show that a leaf is in a tree of `size` leaves, the nearest first (RFC 6962 section 2.1.1) */
export function inclusionPath(index: number, size: number): readonly Subtree[] {
  checkSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size)
    throw new RangeError(`the index must be a whole number from 0 to ${size - 1}, got ${index}`);
  const path: Subtree[] = [];
  let [first, end] = [0, size];
  while (end - first > 1) {
    const middle = first + leftOf(end - first);
    const isLeft = index < middle;
    path.unshift(isLeft ? { first: middle, end } : { first, end: middle });
    [first, end] = isLeft ? [first, middle] : [middle, end];
  }
  return path;
}

/** Whose hashes show that the tree of `old` leaves is the beginning of the one of `size` (RFC 6962 section 2.1.2) */
export function consistencyPath(old: number, size: number): readonly Subtree[] {
  checkSize(size);
  if (!Number.isSafeInteger(old) || old < 0 || old > size)
    throw new RangeError(`the old size must be a whole number from 0 to ${size}, got ${old}`);
  if (old === 0 || old === size) return [];
  const path: Subtree[] = [];
  let [first, end] = [0, size];
  while (end !== old) {
    const middle = first + leftOf(end - first);
    const isLeft = old <= middle;
    path.unshift(isLeft ? { first: middle, end } : { first, end: middle });
    [first, end] = isLeft ? [first, middle] : [middle, end];
  }
  // What was the whole old tree is known to who asks.
  return first === 0 ? path : [{ first, end }, ...path];
}

/**
 * Check that the leaf of this hash has the place `index` in the tree (RFC 9162 section 2.1.3.2).
 *
 * @throws LogError
 */
export function checkInclusion(
  leaf: Uint8Array,
  index: number,
  { size, root }: TreeHead,
  proof: readonly Uint8Array[],
): void {
  const path = inclusionPath(index, size);
  checkLength("inclusion", proof, path.length);
  const made = path.reduce<Uint8Array>((hash, { first }, at) => {
    const sibling = proof[at] as Uint8Array;
    return first <= index ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
  }, leaf);
  checkRoot(made, root, `the inclusion proof does not lead to the root of ${size} leaves`);
}

/**
 * Check that the old tree is the beginning of the new one (RFC 9162 section 2.1.4.2).
 *
 * @throws LogError
 */
export function checkConsistency(old: TreeHead, now: TreeHead, proof: readonly Uint8Array[]): void {
  const path = consistencyPath(old.size, now.size);
  checkLength("consistency", proof, path.length);
  const inconsistent = `the tree of ${now.size} leaves does not begin with the one of ${old.size}`;
  if (old.size === 0) return;
  if (old.size === now.size) return checkRoot(old.root, now.root, inconsistent);
  const hashes = [...proof];
  // Unless the old tree is itself a node of the new one, the proof begins with its last node.
  const begin = path[0]?.end === old.size ? (hashes.shift() as Uint8Array) : old.root;
  const rest = path.slice(path.length - hashes.length);
  let [before, after] = [begin, begin];
  for (const [at, { first }] of rest.entries()) {
    const hash = hashes[at] as Uint8Array;
    // What lies behind the old tree's leaves is in the new one alone.
    if (first >= old.size) after = nodeHash(after, hash);
    else [before, after] = [nodeHash(hash, before), nodeHash(hash, after)];
  }
  checkRoot(before, old.root, inconsistent);
  checkRoot(after, now.root, inconsistent);
}

function checkSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`the size must be a whole number, got ${size}`);
}

function checkLength(kind: string, proof: readonly Uint8Array[], length: number): void {
  if (proof.length !== length) throw new LogError(`the ${kind} proof must have ${length} hashes, got ${proof.length}`);
}

function checkRoot(made: Uint8Array, root: Uint8Array, otherwise: string): void {
  if (!Buffer.from(made).equals(root)) throw new LogError(otherwise);
}
