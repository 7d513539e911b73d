import fc from "fast-check";
import { EMPTY_ROOT, leafHash } from "../../../../runtime/audit/tlog/merkle-hash";
import { tileIn } from "../../../../runtime/audit/tlog/tile-path";
import { TreeEdge } from "../../../../runtime/audit/tlog/tree-edge";
import { depth } from "../../../support/depth";
import { numberedEntries, TilesInMemory } from "../../../support/log-in-memory";
import { plainRoot } from "../../../support/plain-merkle-tree";

/** The entries with which implementations of RFC 6962 are tested, and the roots of the first n of them */
const REFERENCE: readonly (readonly [entry: string, root: string])[] = [
  ["", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
  ["00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
  ["10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
  ["2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
  ["3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
  ["40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
  ["5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
  ["606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"],
];

test("the empty tree has the root of RFC 6962", () => {
  expect(TreeEdge.EMPTY.root).toEqual(EMPTY_ROOT);
  expect(EMPTY_ROOT.toString("hex")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("the reference entries have the reference roots", () => {
  let edge = TreeEdge.EMPTY;
  for (const [entry, root] of REFERENCE) {
    edge = edge.append([leafHash(Buffer.from(entry, "hex"))]).edge;
    expect(edge.root.toString("hex")).toBe(root);
  }
});

test("entries that come in any batches make the same root and tiles as all at once", () => {
  const batches = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 });
  fc.assert(
    fc.property(batches, (sizes) => {
      const entries = numberedEntries(sizes.reduce((sum, size) => sum + size, 0));
      const [whole, parts] = [new TilesInMemory(), new TilesInMemory()];
      whole.append(entries);
      let at = 0;
      for (const size of sizes) parts.append(entries.slice(at, (at += size)));
      expect(parts.edge.root).toEqual(plainRoot(entries));
      expect(whole.edge.root).toEqual(parts.edge.root);
      for (const [path, bytes] of whole.tiles) expect(parts.tiles.get(path)).toEqual(bytes);
    }),
    { numRuns: depth(100) },
  );
});

test("the edge is read again from the tiles of any size", async () => {
  const [all, log] = [numberedEntries(1_500), new TilesInMemory()];
  for (let at = 0; at < all.length; at += 100) {
    log.append(all.slice(at, at + 100));
    const edge = await TreeEdge.read(log.edge.size, log.readTile);
    expect(edge).toEqual(log.edge);
  }
  // What ends with a full tile has no partial one.
  expect((await TreeEdge.read(0, log.readTile)).root).toEqual(EMPTY_ROOT);
});

test("a tree of 70,000 leaves has the tiles that the specification counts", () => {
  const log = new TilesInMemory();
  log.append(numberedEntries(70_000));
  const paths = [...log.tiles.keys()];
  const counted = (pattern: RegExp): number => paths.filter((path) => pattern.test(path)).length;
  expect(counted(/^tile\/0\/x?\d{3}$/)).toBe(273);
  expect(paths.filter((path) => !/^tile\/0\/x?\d{3}$/.test(path)).sort()).toEqual([
    "tile/0/273.p/112",
    "tile/1/000",
    "tile/1/001.p/17",
    "tile/2/000.p/1",
  ]);
  expect(tileIn(70_000, 1, 1)).toEqual({ level: 1, index: 1, width: 17 });
  expect(tileIn(70_000, 3, 0)).toBeUndefined();
});

test("fails when a tile of the edge has other bytes than hashes of its width", async () => {
  const log = new TilesInMemory();
  log.append(numberedEntries(300));
  const cut = async (): Promise<Uint8Array> => Buffer.alloc(31);
  await expect(TreeEdge.read(300, cut)).rejects.toThrow("tile/0/001.p/44 must have 1408 bytes, got 31");
});
