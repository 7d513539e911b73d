import fc from "fast-check";

const MOST = 0x10ffff;

/**
 * Any code point, halves of characters included, for the `unit` of a string. That is what `"binary"` of fast-check draws too, which
 * builds a table of them all first: a second in each test file.
 */
export const ANY_CHARACTER: fc.Arbitrary<string> = fc.nat({ max: MOST }).map(
  (code) => String.fromCodePoint(code),
  (text) => {
    const [first, ...more] = Array.from(text as string);
    if (first === undefined || more.length > 0) throw new Error("not one character");
    return first.codePointAt(0) as number;
  },
);
