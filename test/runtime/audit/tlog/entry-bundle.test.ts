import "../../../support/depth";
import fc from "fast-check";
import { bundleOf, entriesIn } from "../../../../runtime/audit/tlog/entry-bundle";

const bytes = (...texts: readonly string[]): readonly Buffer[] => texts.map((text) => Buffer.from(text));

test("each entry stands behind its length", () => {
  expect(bundleOf(bytes("a", "", "bc")).toString("hex")).toBe("0001" + "61" + "0000" + "0002" + "6263");
});

test("a bundle of any entries is read back", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array(), { maxLength: 20 }), (entries) => {
      const read = entriesIn(bundleOf(entries), entries.length);
      expect(read).toEqual(entries.map((entry) => Buffer.from(entry)));
    }),
  );
});

test("an entry may have 65,535 bytes", () => {
  const longest = Buffer.alloc(65_535, "x");
  expect(entriesIn(bundleOf([longest, longest]), 2)).toEqual([longest, longest]);
});

test("fails when an entry is longer than its length can say", () => {
  expect(() => bundleOf([Buffer.alloc(65_536)])).toThrow(
    new RangeError("an entry must have at most 65535 bytes, got 65536"),
  );
});

test.each([
  ["has fewer entries", bundleOf(bytes("a")), 2, "the bundle must have 2 entries, got 1"],
  ["has more entries", bundleOf(bytes("a", "b")), 1, "the bundle must have 1 entries, got 2"],
  ["ends within an entry", bundleOf(bytes("abc")).subarray(0, 4), 1, "entry 0 of the bundle is cut off"],
  ["ends within a length", Buffer.concat([bundleOf(bytes("a")), Buffer.of(0)]), 1, "entry 1 of the bundle is cut off"],
])("fails when the bundle %s", (_, bundle, width, message) => {
  expect(() => entriesIn(bundle, width)).toThrow(message);
});
