import fc from "fast-check";
import { Glob, type GlobKind } from "../../../iam/sets/glob";
import { globOf, read } from "../../support/iam/arbitrary-globs";
import { allTexts, plainMatches } from "../../support/iam/plain-glob";
import { depth } from "../../support/depth";

interface Row {
  readonly pattern: string;
  readonly kind?: GlobKind;
  readonly yes: readonly string[];
  readonly no: readonly string[];
}

const matching = ({ pattern, kind = "text", yes, no }: Row) => {
  const glob = Glob.of(pattern, kind);
  expect({ yes: yes.filter((text) => !glob.matches(text)), no: no.filter((text) => glob.matches(text)) }).toEqual({
    yes: [],
    no: [],
  });
};

test.each<Row>([
  { pattern: "", yes: [""], no: ["a"] },
  { pattern: "*", yes: ["", "a", "arn:aws:s3:::b/k"], no: [] },
  { pattern: "a*", yes: ["a", "ab", "a:b"], no: ["", "ba", "A"] },
  { pattern: "*a", yes: ["a", "aa", "ba"], no: ["", "ab"] },
  { pattern: "a*b*c", yes: ["abc", "axbxc", "abbbc"], no: ["ab", "acb", "abcd"] },
  { pattern: "?", yes: ["a", ":", "*"], no: ["", "ab"] },
  { pattern: "a?", yes: ["ab"], no: ["a", "abc"] },
  { pattern: "?*", yes: ["a", "abc"], no: [""] },
  { pattern: "a.c", yes: ["a.c"], no: ["abc"] },
  { pattern: "^(a|b)$", yes: ["^(a|b)$"], no: ["a"] },
  { pattern: "\n*\u0000", yes: ["\n\u0000", "\n\n\u0000"], no: ["\n"] },
])("text $pattern matches letter by letter", matching);

test.each<Row>([
  { pattern: "s3:get*", kind: "action", yes: ["s3:GetObject", "S3:GET"], no: ["s3:PutObject"] },
  { pattern: "S3:GetObject", kind: "action", yes: ["s3:getobject"], no: ["s3:getobjects", "s3:getobjec"] },
  { pattern: "ÉTÉ", kind: "caseless", yes: ["été", "Été"], no: ["ete"] },
  { pattern: "straße", kind: "caseless", yes: ["STRAßE"], no: ["STRASSE"] },
  { pattern: "k", kind: "caseless", yes: ["K"], no: ["\u212a"] },
  { pattern: "s3:Get*", kind: "text", yes: ["s3:GetObject"], no: ["s3:getObject"] },
  { pattern: "arn:aws:s3:::B", kind: "arn", yes: ["arn:aws:s3:::B"], no: ["arn:aws:s3:::b", "ARN:aws:s3:::B"] },
])("$kind $pattern knows whether case counts", matching);

test.each<Row>([
  { pattern: "*", kind: "arn", yes: ["", "arn:aws:s3:::b", "x"], no: [] },
  { pattern: "arn:*", kind: "arn", yes: ["arn:aws:s3:::b", "arn:"], no: ["arn"] },
  {
    pattern: "arn:aws:s3:::b/*/k",
    kind: "arn",
    yes: ["arn:aws:s3:::b/x/k", "arn:aws:s3:::b/x:y/z/k"],
    no: ["arn:aws:s3:::b/k", "arn:aws:s3:eu:1:b/x/k"],
  },
  {
    pattern: "arn:aws:iam::12*34:role/r",
    kind: "arn",
    yes: ["arn:aws:iam::1234:role/r", "arn:aws:iam::120034:role/r"],
    no: ["arn:aws:iam::12:34:role/r", "arn:aws:iam::12:x:34:role/r"],
  },
  {
    pattern: "arn:aws:iam::12*:role/r",
    kind: "arn",
    yes: ["arn:aws:iam::1234:role/r", "arn:aws:iam::12:x:role/r"],
    no: ["arn:aws:iam::34:role/r"],
  },
  {
    pattern: "arn:aws:sqs:eu-?:1:q",
    kind: "arn",
    yes: ["arn:aws:sqs:eu-x:1:q"],
    no: ["arn:aws:sqs:eu-::1:q", "arn:aws:sqs:eu-:1:q"],
  },
  { pattern: "arn:aws:sqs:eu:1:q?", kind: "arn", yes: ["arn:aws:sqs:eu:1:q:"], no: ["arn:aws:sqs:eu:1:q"] },
  { pattern: "*b", kind: "arn", yes: ["b", "ab"], no: ["a:b"] },
  { pattern: "arn:aws:s3**:::b", kind: "arn", yes: ["arn:aws:s3:x:::b"], no: ["arn:aws:s4:::b"] },
  {
    pattern: "arn:*:b*c:x:1:r",
    kind: "arn",
    yes: ["arn:x:b:b-c:x:1:r"],
    no: ["arn:x:b:b:c:x:1:r"],
  },
])("ARN $pattern keeps to the segments", matching);

test.each<Row>([
  { pattern: "a${*}b", yes: ["a*b"], no: ["axb", "ab"] },
  { pattern: "a${?}", yes: ["a?"], no: ["ab"] },
  { pattern: "${$}{x}", yes: ["${$}{x}"], no: ["${x}"] },
  { pattern: "$", yes: ["$"], no: [""] },
  { pattern: "${x", yes: ["${x"], no: ["${x}"] },
  { pattern: "a{b}", yes: ["a{b}"], no: ["ab"] },
])("escapes and stray braces of $pattern are letters", matching);

test.each<Row>([
  { pattern: "${b}/*", yes: ["${b}/", "${b}/k", "${b}/${c}"], no: ["b/k", "${c}/k", "${B}/k"] },
  { pattern: "*", yes: ["${b}", "a${b}c"], no: [] },
  { pattern: "?", yes: [], no: ["${b}"] },
  { pattern: "$${b}", yes: ["$${b}"], no: ["${b}"] },
  { pattern: "${f({ a = 1 })}", yes: ["${f({ a = 1 })}"], no: ["${f({ a = 1 })"] },
  { pattern: "${B}x", kind: "caseless", yes: ["${B}X"], no: ["${b}x"] },
  { pattern: "${b.arn}/*/k", kind: "arn", yes: ["${b.arn}/x:y/k"], no: ["${b.arn}/k"] },
  { pattern: "arn:aws:iam::1*2:role/r", kind: "arn", yes: [], no: ["arn:aws:iam::1${a}2:role/r"] },
  { pattern: "arn:aws:iam::*:role/r", kind: "arn", yes: ["arn:aws:iam::${a}:role/r"], no: [] },
])("opaque parts of $pattern equal themselves only", matching);

test("an exact text has no wildcards, but for what is escaped already", () => {
  expect(Glob.exact("a*?", "text").matches("a*?")).toBe(true);
  expect(Glob.exact("a*?", "text").matches("abc")).toBe(false);
  expect(Glob.exact("a${*}", "text").matches("a*")).toBe(true);
  expect(Glob.exact("A*", "caseless").matches("a*")).toBe(true);
  expect(Glob.exact("${x}*", "text").matches("${x}*")).toBe(true);
  expect(Glob.exact("${a ? b : c}?", "text").matches("${a ? b : c}?")).toBe(true);
  expect(Glob.exact("${a", "text").matches("${a")).toBe(true);
  expect(Glob.exact("abc", "text")).toBe(Glob.of("abc", "text"));
});

test("an exact text matches itself and no other plain text", () => {
  const texts = allTexts(["a", "*", "?", "$", "{", "}"], 4);
  const unescaped = (text: string): string => text.replace(/^\$\{([*?$])\}$/, "$1");
  fc.assert(
    fc.property(fc.constantFrom(...texts.filter((text) => !/\$\{.*\}/.test(text))), (text) => {
      const glob = Glob.exact(text, "text");
      expect(texts.filter((other) => glob.matches(other))).toEqual(texts.filter((other) => unescaped(other) === text));
    }),
    { numRuns: depth(300) },
  );
});

test.each([
  ["abc", true, false],
  ["", true, false],
  ["a${*}", true, false],
  ["a*", false, false],
  ["a?", false, false],
  ["${x}", false, true],
  ["a${x}*", false, true],
  ["${x", true, false],
])("%p is literal: %p, opaque: %p", (pattern, isLiteral, isOpaque) => {
  expect(Glob.of(pattern, "caseless")).toMatchObject({ isLiteral, isOpaque });
});

test("the same pattern is read once for each kind", () => {
  expect(Glob.of("a*", "text")).toBe(Glob.of("a*", "text"));
  expect(Glob.of("a*", "text")).not.toBe(Glob.of("a*", "arn"));
  expect(Glob.of("__proto__", "text").matches("__proto__")).toBe(true);
});

describe("the widest reading", () => {
  test("is the pattern itself where nothing is opaque", () => {
    expect(Glob.of("a*", "text").widest).toBe(Glob.of("a*", "text"));
  });

  test.each<Row>([
    { pattern: "a${x}b", yes: ["ab", "a:b", "a${x}b", "a${y}b"], no: ["a", "b"] },
    { pattern: "${b.arn}/*/k", kind: "arn", yes: ["arn:aws:s3:::b/x:y/k", "//k"], no: ["arn:aws:s3:::b/k"] },
    { pattern: "arn:${p}:b*c:d", kind: "arn", yes: ["arn:aws:x:::b:c:d"], no: ["arn:aws:x:::b:c"] },
    { pattern: "arn:b*${p}:d", kind: "arn", yes: ["arn:b:c:d"], no: ["arn:c:d"] },
    { pattern: "arn:b*c:${p}", kind: "arn", yes: ["arn:bc:d:e"], no: ["arn:b:c:d"] },
    { pattern: "${x}", yes: ["", "a"], no: [] },
  ])("of $pattern matches for all values of the opaque parts", ({ pattern, kind = "text", yes, no }) => {
    const { widest } = Glob.of(pattern, kind);
    expect([widest.isOpaque, widest.isLiteral, widest.widest === widest]).toEqual([false, false, true]);
    expect([yes.filter((text) => !widest.matches(text)), no.filter((text) => widest.matches(text))]).toEqual([[], []]);
  });

  test("matches everything that the pattern matches", () => {
    const texts = allTexts(["a", ":", "${p}", "${q}"], 4);
    fc.assert(
      fc.property(globOf(["a", ":", "*", "?", "${p}"], ["text", "arn", "action"], 6), (plain) => {
        const glob = read(plain);
        expect(texts.filter((text) => glob.matches(text) && !glob.widest.matches(text))).toEqual([]);
      }),
    );
  });
});

describe("against a matcher that tries every way", () => {
  const PIECES = ["a", "b", "A", ":", "*", "?", "${p}", "${q}", "${*}", "${$}"];
  const texts = allTexts(["a", "A", "b", ":", "*", "${p}"], 4);

  test("every short text is matched by the same patterns", () => {
    fc.assert(
      fc.property(globOf(PIECES, ["text", "caseless", "arn", "action"], 7), (plain) => {
        const glob = read(plain);
        const expected = texts.filter((text) => plainMatches(plain, text));
        expect(texts.filter((text) => glob.matches(text))).toEqual(expected);
      }),
      { numRuns: depth(400) },
    );
  });

  test("long texts with many colons are matched by the same ARN patterns", () => {
    const segment = fc.stringMatching(/^[ab:]{0,3}$/);
    const text = fc.array(segment, { minLength: 3, maxLength: 7 }).map((segments) => segments.join(":"));
    const pattern = fc
      .array(fc.constantFrom("a", "b", "*", "a*", "*b", "a*b", "?", "", "a*b*"), { minLength: 3, maxLength: 7 })
      .map((segments) => segments.join(":"));
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 20, maxLength: 20 }), (each, given) => {
        const plain = { pattern: each, kind: "arn" } as const;
        const expected = given.filter((one) => plainMatches(plain, one));
        expect(given.filter((one) => read(plain).matches(one))).toEqual(expected);
      }),
      { numRuns: depth(1000) },
    );
  });

  test("the sample of a pattern matches it", () => {
    fc.assert(
      fc.property(globOf(PIECES, ["text", "caseless", "arn", "action"], 8), (plain) => {
        expect(read(plain).matches(read(plain).sample)).toBe(true);
      }),
      { numRuns: depth(500) },
    );
  });
});

test.each([
  ["stars between equal letters", `${"*a".repeat(5000)}b`, "text", "a".repeat(10_000)],
  ["one star and a long tail", `*${"a".repeat(9999)}b`, "text", "a".repeat(10_000)],
  ["stars inside one segment", `arn:${"*a".repeat(5000)}b:x`, "arn", `arn:${"a".repeat(10_000)}`],
  ["braces that never close", "${".repeat(5000), "text", "${".repeat(4999)],
] as const)("fails to match, and ends, when there are %s", (_, pattern, kind, text) => {
  expect(Glob.of(pattern, kind).matches(text)).toBe(false);
});
