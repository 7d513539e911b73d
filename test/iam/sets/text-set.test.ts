import fc from "fast-check";
import { Budget, TooComplex } from "../../../iam/sets/budget";
import { Glob, type GlobKind } from "../../../iam/sets/glob";
import { areDisjoint, exampleOf, isWithin, type TextSet } from "../../../iam/sets/text-set";
import { globOf, read, readSet, setOf } from "../../support/iam/arbitrary-globs";
import { allTexts, plainIsIn, type PlainSet } from "../../support/iam/plain-glob";
import { depth } from "../../support/depth";

const globs = (patterns: readonly string[], kind: GlobKind) => patterns.map((pattern) => Glob.of(pattern, kind));
const within = (some: readonly string[], others: readonly string[], kind: GlobKind = "arn") =>
  isWithin(globs(some, kind), globs(others, kind), new Budget());

interface Question {
  readonly all: readonly (readonly string[])[];
  readonly none?: readonly string[];
  readonly kind?: GlobKind;
}

const example = ({ all, none = [], kind = "text" }: Question) =>
  exampleOf({ all: all.map((list) => globs(list, kind)), none: globs(none, kind) }, new Budget());

describe("an example", () => {
  test.each<[string | undefined, Question]>([
    ["x", { all: [] }],
    ["x", { all: [["*"]] }],
    ["s3:Getx", { all: [["s3:Get*"]], kind: "action" }],
    ["s3:GetObject", { all: [["s3:GetObject"]], kind: "action" }],
    ["arn:aws:s3:::kb/x", { all: [["arn:aws:s3:::*"], ["arn:aws:s3:::kb/*"]], kind: "arn" }],
    ["arn:aws:s3:::kb/logs/x", { all: [["arn:aws:s3:::*/logs/*"], ["arn:aws:s3:::kb/*"]], kind: "arn" }],
    ["${b.arn}/x", { all: [["${b.arn}/*"]], kind: "arn" }],
    ["${b.arn}/y", { all: [["${b.arn}/*"]], none: ["${b.arn}/x*", "${b.arn}/"], kind: "arn" }],
    ["*", { all: [["${*}"]] }],
    ["${$}{x}", { all: [["${$}{x}"]] }],
    ["y", { all: [["*"]], none: ["x*", ""] }],
    ["GetY", { all: [["Get*"]], none: ["getx*", "Get"], kind: "caseless" }],
    [
      "b",
      {
        all: [
          ["a", "b"],
          ["b", "c"],
        ],
      },
    ],
  ])("is %p where that is in the set", (expected, question) => {
    expect(example(question)?.toLowerCase()).toBe(expected?.toLowerCase());
  });

  test.each<Question>([
    { all: [[]] },
    { all: [["a"], []] },
    { all: [["*"]], none: ["*"] },
    { all: [["a*"], ["b*"]] },
    { all: [["*a"], ["*b"]] },
    { all: [["a?"]], none: ["??"] },
    { all: [["*"]], none: ["", "?*"] },
    {
      all: [
        ["a", "b"],
        ["c", "d"],
      ],
    },
    { all: [["s3:GetObject"]], none: ["S3:get*"], kind: "action" },
    { all: [["arn:aws:iam::12*34:role/*"]], none: ["arn:aws:iam::12*:role/*"], kind: "arn" },
    { all: [["${a}/*"], ["${b}/*"]] },
    { all: [["?"], ["${a}"]] },
    { all: [["a*b*c"]], none: ["a*c"] },
    { all: [["*"]], none: ["a*", "?*", ""] },
    { all: [["*"]], none: ["?*", "", "${a}/*"] },
  ])("is none where the set is empty: %j", (question) => {
    expect(example(question)).toBeUndefined();
  });

  test("is written in printable ASCII", () => {
    const printable = Array.from({ length: 0x7f - 0x21 }, (_, at) =>
      Glob.exact(String.fromCharCode(0x21 + at), "text"),
    );
    const some = exampleOf({ all: [[Glob.of("?", "text")]], none: printable.slice(0, -1) }, new Budget());
    expect(some).toBe("~");
  });

  test("is no letter that is taken in the other case", () => {
    const taken = globs(Array.from("abcdefghijklmnopqrstuvwxyz0123456789"), "caseless");
    const some = exampleOf({ all: [[Glob.of("?", "caseless")]], none: taken }, new Budget());
    expect(some).toBe("!");
  });

  test("is found where all of printable ASCII is taken", () => {
    const printable = Array.from({ length: 0x7f - 0x20 }, (_, at) =>
      Glob.exact(String.fromCharCode(0x20 + at), "text"),
    );
    const set = { all: [[Glob.of("?", "text")]], none: printable };
    const some = exampleOf(set, new Budget()) as string;
    expect([some.length, printable.some((glob) => glob.matches(some))]).toEqual([1, false]);
  });

  test("differs in case where only some patterns ignore it", () => {
    const set = (kind: GlobKind): TextSet => ({ all: [[Glob.of("ab", "caseless")]], none: [Glob.of("ab", kind)] });
    expect(exampleOf(set("text"), new Budget())).toMatch(/^(?!ab$)[Aa][Bb]$/);
    expect(exampleOf(set("caseless"), new Budget())).toBeUndefined();
    expect(exampleOf({ all: [[Glob.of("*a", "caseless")]], none: [Glob.of("*a", "text")] }, new Budget())).toBe("A");
    const all = [[Glob.of("é", "caseless")]];
    expect(exampleOf({ all, none: [Glob.of("é", "text")] }, new Budget())).toBe("É");
    expect(exampleOf({ all, none: [Glob.of("é", "text"), Glob.of("É", "text")] }, new Budget())).toBeUndefined();
  });
});

describe("within", () => {
  test.each<[readonly string[], readonly string[]]>([
    [[], []],
    [["a"], ["a"]],
    [["arn:aws:s3:::kb/docs/*"], ["arn:aws:s3:::kb/*"]],
    [["arn:aws:s3:::kb/*", "arn:aws:s3:::kb"], ["arn:aws:s3:::kb*"]],
    [["arn:aws:s3:::a?"], ["arn:aws:s3:::a*"]],
    [["${b.arn}/docs/*"], ["${b.arn}/*"]],
    [["arn:aws:s3:::${b}/*"], ["arn:aws:s3:::*"]],
    [["arn:aws:logs:*:1:g"], ["arn:aws:logs:*:1:*"]],
    [["arn:aws:iam::1:role/*-a-*"], ["arn:aws:iam::1:role/*a*"]],
    [["arn:aws:s3:::b/?*"], ["arn:aws:s3:::b/?", "arn:aws:s3:::b/??*"]],
  ])("%j is within %j", (some, others) => {
    expect(within(some, others)).toBe(true);
  });

  test.each<[readonly string[], readonly string[]]>([
    [["a"], []],
    [["arn:aws:s3:::kb/*"], ["arn:aws:s3:::kb/docs/*"]],
    [["arn:aws:s3:::kb*"], ["arn:aws:s3:::kb/*", "arn:aws:s3:::kb"]],
    [["arn:aws:s3:::a*"], ["arn:aws:s3:::a?"]],
    [["${a.arn}/*"], ["${b.arn}/*"]],
    [["arn:aws:s3:::kb/*"], ["${b.arn}/*"]],
    [["${b.arn}/*"], ["arn:aws:s3:::kb/*"]],
    [["arn:aws:iam::1*2:role/*"], ["arn:aws:iam::1?2:role/*"]],
    [["arn:aws:iam::1*:role/r"], ["arn:aws:iam::1*2:role/r", "arn:aws:iam::1?:role/r"]],
    [["arn:aws:s3:::A"], ["arn:aws:s3:::a"]],
    [["*"], ["arn:*"]],
  ])("%j is not within %j", (some, others) => {
    expect(within(some, others)).toBe(false);
  });
});

describe("against every short text", () => {
  const PIECES = ["a", "b", "A", ":", "*", "*", "?"];
  const KINDS: readonly GlobKind[] = ["text", "caseless", "arn", "action"];
  const plainTexts = allTexts(["a", "A", "b", ":", "x"], 4);

  const agrees = (plain: PlainSet, texts: readonly string[]) => {
    const found = exampleOf(readSet(plain), new Budget());
    if (found === undefined) expect(texts.find((text) => plainIsIn(plain, text))).toBeUndefined();
    else expect([found, plainIsIn(plain, found)]).toEqual([found, true]);
    return found !== undefined;
  };

  const counted = (arbitrary: fc.Arbitrary<PlainSet>, texts: readonly string[], numRuns: number) => {
    let full = 0;
    fc.assert(
      fc.property(arbitrary, (plain) => {
        if (agrees(plain, texts)) full++;
      }),
      { numRuns },
    );
    // Otherwise one of the two answers was hardly tried.
    expect(Math.min(full, numRuns - full)).toBeGreaterThan(numRuns / 10);
  };

  test("an example is in the set, and is found where there is one", () => {
    counted(setOf(globOf(PIECES, KINDS)), plainTexts, depth(1500));
  });

  test("no less with one kind alone", () => {
    for (const kind of KINDS) counted(setOf(globOf(PIECES, [kind])), plainTexts, depth(400));
  });

  test("no less with one positive pattern and many negative ones", () => {
    const some = fc.array(globOf(PIECES, ["text", "arn"], 4), { minLength: 1, maxLength: 2 });
    const none = fc.array(globOf(PIECES, ["text", "arn"], 4), { minLength: 2, maxLength: 8 });
    counted(fc.record({ all: fc.tuple(some), none }), plainTexts, depth(1000));
  });

  test("no less with escapes and opaque parts that stars match", () => {
    const all = globOf(["a", ":", "*", "${p}", "${q}", "${*}"], ["text", "caseless"]);
    const texts = allTexts(["a", ":", "x", "*", "${p}", "${q}"], 3);
    fc.assert(
      fc.property(setOf(all), (plain) => {
        const asked = plain.all.flat().map(({ pattern }) => pattern);
        const foreign = ["${p}", "${q}"].filter((part) => !asked.some((pattern) => pattern.includes(part)));
        agrees(
          plain,
          texts.filter((text) => !foreign.some((part) => text.includes(part))),
        );
      }),
      { numRuns: depth(1000) },
    );
  });

  test("with opaque parts and every wildcard, an example is in the set, and every plain one is found", () => {
    counted(setOf(globOf([...PIECES, "${p}", "${$}"], KINDS)), plainTexts, depth(1000));
  });
});

describe("inclusion", () => {
  const list = fc.array(globOf(["a", "b", ":", "*", "?", "${p}"], ["text", "arn", "caseless"], 4), { maxLength: 4 });
  const inside = (some: readonly Glob[], others: readonly Glob[]) => isWithin(some, others, new Budget());

  test("holds for every list and itself", () => {
    fc.assert(fc.property(list, (some) => inside(some.map(read), [...some].reverse().map(read))));
  });

  test("goes on from one to the next", () => {
    let used = 0;
    fc.assert(
      fc.property(list, list, list, (some, more, most) => {
        const [a, b, c] = [some.map(read), [...some, ...more].map(read), [...more, ...most].map(read)];
        expect(inside(a, b)).toBe(true);
        if (!inside(b, c)) return;
        used++;
        expect(inside(a, c)).toBe(true);
      }),
      { numRuns: depth(500) },
    );
    expect(used).toBeGreaterThan(depth(20, 2));
  });

  test("is the same as having no example outside", () => {
    fc.assert(
      fc.property(list, list, (some, others) => {
        const set = { all: [some.map(read)], none: others.map(read) };
        expect(inside(some.map(read), others.map(read))).toBe(exampleOf(set, new Budget()) === undefined);
      }),
    );
  });

  test("never is lost when the others get a pattern more, nor won when the first do", () => {
    fc.assert(
      fc.property(list, list, list, (some, others, more) => {
        const [a, b, c] = [some.map(read), others.map(read), more.map(read)];
        if (inside(a, b)) expect(inside(a, [...b, ...c])).toBe(true);
        if (!inside(a, b)) expect(inside([...a, ...c], b)).toBe(false);
      }),
    );
  });
});

describe("disjoint", () => {
  const disjoint = (some: readonly string[], others: readonly string[], kind: GlobKind = "arn") =>
    areDisjoint(globs(some, kind), globs(others, kind), new Budget());

  test.each<[readonly string[], readonly string[], GlobKind]>([
    [["arn:aws:s3:::kb/*"], ["arn:aws:s3:::logs/*", "arn:aws:s3:::kb"], "arn"],
    [["s3:GetObject"], ["s3:Get", "s3:GetObjectAcl", "s3:Put*"], "action"],
    [["arn:aws:s3:::kb/${k}"], ["arn:aws:s3:::kb", "arn:aws:s3:::kc/*"], "arn"],
    [["a?"], ["a"], "text"],
    [["a"], ["A"], "text"],
    [[], ["*"], "text"],
  ])("are %j and %j: %s", (some, others, kind) => {
    expect([disjoint(some, others, kind), disjoint(others, some, kind)]).toEqual([true, true]);
  });

  test.each<[readonly string[], readonly string[], GlobKind]>([
    [["s3:GetObject"], ["S3:getobject"], "action"],
    [["x", "arn:aws:s3:::*"], ["arn:aws:s3:::kb/*"], "arn"],
    [["${b.arn}/*"], ["arn:aws:s3:::kb/*"], "arn"],
    [["arn:aws:s3:::kb/${k}"], ["arn:aws:s3:::kb/x"], "arn"],
    [["${a}"], ["${b}"], "text"],
  ])("are not %j and %j: %s", (some, others, kind) => {
    expect([disjoint(some, others, kind), disjoint(others, some, kind)]).toEqual([false, false]);
  });

  test("are only patterns of which no text is in common", () => {
    const one = globOf(["a", "b", "A", ":", "*", "?", "${p}", "${q}"], ["text", "arn", "caseless"], 4);
    const list = fc.array(one, { minLength: 1, maxLength: 2 });
    let plain = 0;
    fc.assert(
      fc.property(list, list, (some, others) => {
        if (!areDisjoint(some.map(read), others.map(read), new Budget())) return;
        plain++;
        const widest = [some, others].map((each) => each.map((glob) => read(glob).widest));
        expect(exampleOf({ all: widest, none: [] }, new Budget())).toBeUndefined();
      }),
      { numRuns: depth(2000) },
    );
    expect(plain).toBeGreaterThan(depth(100));
  });

  test("takes a step for each two patterns", () => {
    const some = Array.from({ length: 100 }, (_, at) => Glob.of(`a${at}`, "text"));
    const others = Array.from({ length: 100 }, (_, at) => Glob.of(`b${at}`, "text"));
    expect(areDisjoint(some, others, new Budget(10_000))).toBe(true);
    expect(() => areDisjoint(some, others, new Budget(9_999))).toThrow(TooComplex);
  });
});

test("the same question has the same answer after any other questions", () => {
  const question = () => example({ all: [["*a*", "*b*"], ["*c*d"]], none: ["*x*", "?c*"] });
  const first = question();
  expect(example({ all: [["*c*d"], ["*b*"]] })).toBeDefined();
  expect(question()).toBe(first);
});

describe("too much to decide", () => {
  test("fails when more has to be tried than the budget allows", () => {
    const lists = Array.from("abcdefghijklmnopqrst", (letter) => [Glob.of(`*${letter}*`, "text")]);
    expect(() => exampleOf({ all: lists, none: [] }, new Budget())).toThrow(TooComplex);
    const tail = (count: number) => Glob.of(`*a${"?".repeat(count)}`, "text");
    expect(() =>
      exampleOf({ all: [[tail(20)], [tail(21)]], none: [Glob.of("*aa*", "text"), tail(22)] }, new Budget(500)),
    ).toThrow("deciding takes more than 500 steps");
    expect(() => isWithin([Glob.of("*a*", "text")], [Glob.of("*b*", "text")], new Budget(0))).toThrow(TooComplex);
  });

  test("fails, and does not hang, when patterns are long and hostile", () => {
    const stars = Glob.of("*a?".repeat(3000), "text");
    const others = Array.from({ length: 50 }, (_, count) => Glob.of(`*b*a${"?".repeat(count)}*`, "text"));
    expect(() =>
      exampleOf({ all: [[stars], others], none: [Glob.of("*?a".repeat(2999), "text")] }, new Budget()),
    ).toThrow(TooComplex);
  });

  test("is not what thousands of plain patterns are", () => {
    const some = Array.from({ length: 1000 }, (_, at) => Glob.of(`arn:aws:s3:::b-${at}/team/*`, "arn"));
    const others = Array.from({ length: 1000 }, (_, at) => Glob.of(`arn:aws:s3:::b-${at}/*`, "arn"));
    expect(isWithin(some, [...others].reverse(), new Budget(100_000))).toBe(true);
  });
});
