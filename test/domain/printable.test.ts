import fc from "fast-check";
import { jsonText, printable } from "../../domain/printable";
import "../support/depth";

describe("the text of a stranger", () => {
  test.each([
    ["\u001b[31mred", "\\u{1b}[31mred", '"\\u001b[31mred"'],
    ["two\nlines\r", "two\\u{a}lines\\u{d}", '"two\\nlines\\r"'],
    ["\u202eturned", "\\u{202e}turned", '"\\u202eturned"'],
    ["zero\u200bwidth", "zero\\u{200b}width", '"zero\\u200bwidth"'],
    ["tag \u{e0041}", "tag \\u{e0041}", '"tag \\udb40\\udc41"'],
    ["half \ud800", "half \\u{d800}", '"half \\ud800"'],
    ["line\u2028end", "line\\u{2028}end", '"line\\u2028end"'],
  ])("%j is written out where it would not be seen, and escaped in JSON", (text, shown, json) => {
    expect(printable(text)).toBe(shown);
    expect(jsonText(text)).toBe(json);
    expect(JSON.parse(json)).toBe(text);
  });

  test.each(["plain text", "ünïcödé", "日本語", "😀", "→"])("%j stays as it is", (text) => {
    expect(printable(text)).toBe(text);
    expect(jsonText(text)).toBe(`"${text}"`);
  });
});

test("JSON is read back as it was, and holds nothing that a terminal obeys", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom(0, 2), (text, indent) => {
      const shown = jsonText({ [text]: [text, "\u009b2J\u202e\u{e0001}"] }, indent);
      expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify({ [text]: [text, "\u009b2J\u202e\u{e0001}"] })));
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }),
  );
});
