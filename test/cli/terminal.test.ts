import fc from "fast-check";
import { columns, green, table, wrapped } from "../../cli/terminal";
import "../support/depth";

test("output without a terminal has no colours", () => {
  expect(green("allowed")).toBe("allowed");
});

test("a page is as wide as documentation shows it, where there is no terminal", () => {
  expect(columns()).toBe(100);
});

test("rows are aligned, and the last column is not padded", () => {
  expect(
    table([
      ["agent", "risk"],
      ["researcher", "low"],
    ]),
  ).toBe("agent       risk\nresearcher  low\n");
});

describe("a text that is wrapped", () => {
  test("keeps its words whole, and indents every line but the first by its own", () => {
    expect(wrapped("add the data to the task, or call another", "    ", "1. ", 20)).toBe(
      "1. add the data to\n    the task, or\n    call another\n",
    );
  });

  test("has a word that is too long on a line of its own", () => {
    const id = "spiffe://prod.acme.example/ns/support/sa/support-triage";
    expect(wrapped(`of ${id} nothing`, "  ", "  ", 20)).toBe(`  of\n  ${id}\n  nothing\n`);
  });

  test("holds the same words in the same order, in lines that are not too long", () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "-"), minLength: 1, maxLength: 12 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(words, (some) => {
        const lines = wrapped(some.join(" "), "  ", "  ", 20).trimEnd().split("\n");
        expect(lines.join(" ").trim().split(/ +/)).toEqual(some);
        expect(lines.filter((line) => line.length > 20)).toEqual([]);
      }),
    );
  });
});
