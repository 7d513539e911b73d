import fc from "fast-check";
import { leafHash } from "../../../../runtime/audit/tlog/merkle-hash";
import { checkConsistency, checkInclusion, inclusionPath, consistencyPath } from "../../../../runtime/audit/tlog/proof";
import { TreeHashes } from "../../../../runtime/audit/tlog/tree-hashes";
import { depth } from "../../../support/depth";
import { numberedEntries, TilesInMemory } from "../../../support/log-in-memory";
import { plainConsistency, plainInclusion, plainRoot } from "../../../support/plain-merkle-tree";

const SMALL = 17;
const ENTRIES = numberedEntries(700);
const entry = (index: number): Buffer => ENTRIES[index] as Buffer;
const roots = new Map<number, Buffer>();
const rootOf = (size: number): Buffer => {
  const root = roots.get(size) ?? plainRoot(ENTRIES.slice(0, size));
  roots.set(size, root);
  return root;
};
const headOf = (size: number) => ({ size, root: rootOf(size) });
const other = leafHash(Buffer.from("another"));

/** The tree of the first entries */
function hashesOf(size: number): TreeHashes {
  const tree = new TilesInMemory();
  tree.append(ENTRIES.slice(0, size));
  return new TreeHashes(size, tree.readTile);
}

/** What becomes of a proof in the hands of others */
const BROKEN: readonly (readonly [string, (proof: readonly Uint8Array[]) => readonly Uint8Array[]])[] = [
  ["is cut", (proof) => proof.slice(0, -1)],
  ["is longer", (proof) => [...proof, other]],
  ["has another hash first", ([, ...rest]) => [other, ...rest]],
  ["has another hash last", (proof) => [...proof.slice(0, -1), other]],
  ["is turned around", (proof) => [...proof].reverse()],
];

test("in small trees each leaf has the proof of RFC 6962, which no other leaf has", async () => {
  for (let size = 1; size <= SMALL; size++) {
    const hashes = hashesOf(size);
    for (let index = 0; index < size; index++) {
      const proof = await hashes.inclusionProof(index);
      expect(proof).toEqual(plainInclusion(index, ENTRIES.slice(0, size)));
      for (let leaf = 0; leaf < size; leaf++) {
        const check = () => checkInclusion(leafHash(entry(leaf)), index, headOf(size), proof);
        if (leaf === index) check();
        else expect(check).toThrow(`the inclusion proof does not lead to the root of ${size} leaves`);
      }
    }
  }
});

test("of small trees each begins with each smaller one, by the proof of RFC 6962", async () => {
  for (let size = 0; size <= SMALL; size++) {
    const hashes = hashesOf(size);
    for (let old = 0; old <= size; old++) {
      const proof = await hashes.consistencyProof(old);
      expect(proof).toEqual(plainConsistency(old, ENTRIES.slice(0, size)));
      checkConsistency(headOf(old), headOf(size), proof);
    }
  }
});

test("proofs out of tiles are those of RFC 6962", async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 700 }), fc.nat(), fc.nat());
  await fc.assert(
    fc.asyncProperty(sizes, async ([size, one, two]) => {
      const [index, old] = [one % size, two % (size + 1)];
      const [hashes, entries] = [hashesOf(size), ENTRIES.slice(0, size)];
      expect(await hashes.inclusionProof(index)).toEqual(plainInclusion(index, entries));
      expect(await hashes.consistencyProof(old)).toEqual(plainConsistency(old, entries));
    }),
    { numRuns: depth(60) },
  );
});

test.each(BROKEN)("fails when an inclusion proof %s", async (_, broken) => {
  const hashes = hashesOf(700);
  for (const index of [0, 255, 256, 511]) {
    const proof = broken(await hashes.inclusionProof(index));
    expect(() => checkInclusion(leafHash(entry(index)), index, headOf(700), proof)).toThrow(/^the inclusion proof /);
  }
});

test.each(BROKEN)("fails when a consistency proof %s", async (_, broken) => {
  const hashes = hashesOf(700);
  for (const old of [1, 255, 300, 699]) {
    const proof = broken(await hashes.consistencyProof(old));
    expect(() => checkConsistency(headOf(old), headOf(700), proof)).toThrow(/^the (consistency proof|tree of 700) /);
  }
});

test("fails when the older tree is another one", async () => {
  const hashes = hashesOf(700);
  for (const old of [1, 256, 512, 699, 700]) {
    const forked = { size: old, root: other };
    const proof = await hashes.consistencyProof(old);
    expect(() => checkConsistency(forked, headOf(700), proof)).toThrow(
      `the tree of 700 leaves does not begin with the one of ${old}`,
    );
  }
});

test("fails when the newer tree is another one", async () => {
  const hashes = hashesOf(700);
  for (const old of [1, 256, 512, 699, 700]) {
    const proof = await hashes.consistencyProof(old);
    expect(() => checkConsistency(headOf(old), { size: 700, root: other }, proof)).toThrow(
      `the tree of 700 leaves does not begin with the one of ${old}`,
    );
  }
});

test.each([
  [() => inclusionPath(3, 3), "the index must be a whole number from 0 to 2, got 3"],
  [() => inclusionPath(-1, 3), "the index must be a whole number from 0 to 2, got -1"],
  [() => inclusionPath(0.5, 3), "the index must be a whole number from 0 to 2, got 0.5"],
  [() => inclusionPath(0, 2 ** 53), "the size must be a whole number, got 9007199254740992"],
  [() => consistencyPath(4, 3), "the old size must be a whole number from 0 to 3, got 4"],
  [() => consistencyPath(0, -1), "the size must be a whole number, got -1"],
])("fails when asked for what no tree has: %#", (ask, message) => {
  expect(ask).toThrow(new RangeError(message));
});
