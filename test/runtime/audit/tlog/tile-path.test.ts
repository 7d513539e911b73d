import { tilePath } from "../../../../runtime/audit/tlog/tile-path";

test.each([
  [{ level: 0, index: 0, width: 256 }, "tile/0/000"],
  [{ level: 0, index: 0, width: 1 }, "tile/0/000.p/1"],
  [{ level: 2, index: 999, width: 256 }, "tile/2/999"],
  [{ level: 1, index: 1_000, width: 17 }, "tile/1/x001/000.p/17"],
  [{ level: "entries", index: 1_234_067, width: 256 }, "tile/entries/x001/x234/067"],
  [{ level: 63, index: 12, width: 255 }, "tile/63/012.p/255"],
] as const)("%o lies at %s", (name, path) => {
  expect(tilePath(name)).toBe(path);
});

test.each([
  [{ level: 64, index: 0, width: 1 }, "a tile's level must be a whole number from 0 to 63, got 64"],
  [{ level: 0, index: -1, width: 1 }, "a tile's index must be a whole number from 0 to 9007199254740991, got -1"],
  [{ level: 0, index: 1.5, width: 1 }, "a tile's index must be a whole number from 0 to 9007199254740991, got 1.5"],
  [{ level: 0, index: 0, width: 0 }, "a tile's width must be a whole number from 1 to 256, got 0"],
  [{ level: 0, index: 0, width: 257 }, "a tile's width must be a whole number from 1 to 256, got 257"],
])("fails when no tile is named so: %o", (name, message) => {
  expect(() => tilePath(name)).toThrow(new RangeError(message));
});
