import fc from "fast-check";
import type { Condition } from "../../../iam";
import { holds } from "../../../iam/conditions/holds";
import { type KeyTest, keyTests } from "../../../iam/conditions/key-test";
import { KeyValues } from "../../../iam/conditions/key-values";
import { Budget, TooComplex } from "../../../iam/sets/budget";
import { type Asked, questions, requests, type World, WORLDS } from "./arbitrary";
import { depth } from "../../support/depth";

const PLAIN = [""];
const SEVERAL = ["", "ForAllValues:", "ForAnyValue:"];

/** What is left of a key where each test has the answer asked for. */
function left(asked: readonly Asked[], start: KeyValues = KeyValues.anything): readonly KeyValues[] {
  return asked.reduce<readonly KeyValues[]>(
    (all, { test, holds }) => all.flatMap((each) => each.where(test, holds)),
    [start],
  );
}

const where = (condition: Condition, holds = true): readonly Asked[] =>
  keyTests(condition).map((test) => ({ test, holds }));

const testOf = (condition: Condition): KeyTest => keyTests(condition)[0] as KeyTest;

/** The example of what is left; "nothing" where that is nothing. */
function example(asked: readonly Asked[], start?: KeyValues): readonly string[] | null | "nothing" {
  const [first] = left(asked, start);
  return first === undefined ? "nothing" : (first.example(new Budget()) ?? null);
}

const isAnswered = (asked: readonly Asked[], values: readonly string[] | undefined): boolean =>
  asked.every((each) => holds(each.test, values) === each.holds);

describe("the conditions that people write", () => {
  test.each<readonly [string, readonly Asked[], readonly string[] | null | "nothing"]>([
    ["nothing asked", [], null],
    ["a present key", where({ Null: { k: "false" } }), ["x"]],
    ["an absent key", where({ Null: { k: "true" } }), null],
    ["a text", where({ StringEquals: { "aws:SourceVpc": "vpc-1" } }), ["vpc-1"]],
    ["not a text: the key may be absent", where({ StringEquals: { "aws:SourceVpc": "vpc-1" } }, false), null],
    ["multi-factor authentication", where({ Bool: { "aws:MultiFactorAuthPresent": "true" } }), ["true"]],
    ["not without it", where({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }, false), ["true"]],
    ["an address", where({ IpAddress: { "aws:SourceIp": "10.1.0.0/16" } }), ["10.1.0.0"]],
    [
      "an address outside",
      where({ NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" }, Null: { "aws:SourceIp": "false" } }),
      ["192.0.2.1"],
    ],
    ["a prefix", where({ StringLike: { "s3:prefix": "home/*" } }), ["home/x"]],
    ["a role", where({ ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/a" } }), ["arn:aws:iam::x:role/a"]],
    [
      "before a moment",
      where({ DateLessThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }),
      ["2025-12-31T23:59:59Z"],
    ],
    [
      "after a moment",
      where({ DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } }),
      ["2026-01-01T00:00:01Z"],
    ],
    ["a small number", where({ NumericLessThanEquals: { "s3:max-keys": "10" } }), ["1"]],
    ["a number between", where({ NumericGreaterThan: { k: "5" }, NumericLessThan: { k: "6" } }), ["5.1"]],
    ["leading keys, or none", where({ "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "a" } }), null],
    [
      "leading keys",
      where({
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "a" },
        Null: { "dynamodb:LeadingKeys": "false" },
      }),
      ["a"],
    ],
    [
      "tag keys, one of them another",
      where({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }).concat(
        where({ "ForAllValues:StringEquals": { "aws:TagKeys": "a" } }, false),
      ),
      ["a", "x"],
    ],
  ])("leave an example of %s", (_, asked, expected) => {
    expect(example(asked)).toEqual(expected);
  });

  test.each<readonly [string, readonly Asked[]]>([
    ["two texts in one value", where({ StringEquals: { k: "a" } }).concat(where({ StringLike: { k: "b*" } }))],
    ["a test and its opposite", where({ StringLike: { k: "a*" } }).concat(where({ StringNotLike: { k: "a*" } }))],
    ["a test that holds and does not", where({ Bool: { k: "true" } }).concat(where({ Bool: { k: "true" } }, false))],
    ["a value of an absent key", where({ StringEquals: { k: "a" }, Null: { k: "true" } })],
    [
      "an absent key where IfExists must fail",
      where({ Null: { k: "true" } }).concat(where({ StringEqualsIfExists: { k: "a" } }, false)),
    ],
    [
      "neither true nor false",
      where({ Bool: { k: ["true"] }, Null: { k: "false" } }, false).concat(
        where({ BoolIfExists: { k: "false" } }, false),
      ),
    ],
    [
      "a number below the lesser and above the greater",
      where({ NumericLessThan: { k: "1" }, NumericGreaterThan: { k: "2" } }),
    ],
    [
      "a moment before itself",
      where({ DateLessThan: { k: "2026-01-01" }, DateGreaterThanEquals: { k: "2026-01-01T00:00:00Z" } }),
    ],
    [
      "an address of neither family",
      where({ IpAddress: { k: ["0.0.0.0/0", "::/0"] } }, false).concat(where({ Null: { k: "false" } })),
    ],
    [
      "a block without its halves",
      where({ IpAddress: { k: "10.0.0.0/8" }, NotIpAddress: { k: ["10.0.0.0/9", "10.128.0.0/9"] } }),
    ],
    [
      "either case of a text in neither",
      where({ StringEqualsIgnoreCase: { k: "a" }, StringNotEquals: { k: ["a", "A"] } }),
    ],
    [
      "some value outside of every value's bound",
      where({
        "ForAllValues:StringLike": { k: "a*" },
        "ForAnyValue:StringLike": { k: "b*" },
      }),
    ],
    ["some value of a key that is absent", where({ "ForAnyValue:StringLike": { k: "*" }, Null: { k: "true" } })],
  ])("leave nothing of %s", (_, asked) => {
    expect(example(asked)).toBe("nothing");
  });
});

describe("a key with several values", () => {
  const both = where({ StringEquals: { k: "a" }, StringLike: { k: "b*" } });

  test("may hold two texts where it is known from the start", () => {
    expect(example(both, KeyValues.severalValued)).toEqual(["a", "bx"]);
  });

  test("may hold two texts after a set operator", () => {
    expect(example([...where({ "ForAnyValue:StringEquals": { k: "c" } }), ...both])).toEqual(["c", "a", "bx"]);
  });

  test("holds each value of an example once", () => {
    const twice = where({ "ForAnyValue:StringEquals": { k: "a" }, "ForAnyValue:StringLike": { k: "a*" } });
    expect(example(twice)).toHaveLength(2);
    expect(example(where({ "ForAnyValue:StringEquals": { k: "a" }, StringEquals: { k: "a" } }))).toEqual(["a"]);
  });
});

test("narrowing leaves what was there as it was", () => {
  const before = KeyValues.anything.example(new Budget());
  KeyValues.anything.where(testOf({ StringEquals: { k: "a" } }), true);
  expect(KeyValues.anything.example(new Budget())).toEqual(before);
});

test("a test asked twice changes nothing", () => {
  const test = testOf({ StringEquals: { k: "a" } });
  const [once] = KeyValues.anything.where(test, true);
  expect(once?.where(testOf({ StringEquals: { K: "a" } }), true)).toEqual([once]);
});

describe("where a text meets a scale", () => {
  test.each<readonly [string, Condition, readonly string[] | "nothing"]>([
    ["a text that is in both", { StringEquals: { k: "5" }, NumericLessThan: { k: "6" } }, ["5"]],
    ["one of the texts", { StringEquals: { k: ["9", "7", "5"] }, NumericLessThan: { k: "6" } }, ["5"]],
    ["no text", { StringEquals: { k: ["9", "7"] }, NumericLessThan: { k: "6" } }, "nothing"],
    ["a truth value as a text", { StringEquals: { k: "true" }, Bool: { k: "true" } }, ["true"]],
    ["no truth value", { StringEquals: { k: "true" }, Bool: { k: "false" } }, "nothing"],
    ["no text at all", { NumericLessThan: { k: "6" }, StringLike: { k: "a*" }, ArnLike: { k: "b*" } }, "nothing"],
    [
      "an address that matches a pattern",
      { StringLike: { k: ["::1", "::?"] }, StringNotLike: { k: "*x*" }, IpAddress: { k: "::b" } },
      ["::b"],
    ],
    ["an address as a text", { StringEquals: { k: "10.0.0.1" }, IpAddress: { k: "10.0.0.0/8" } }, ["10.0.0.1"]],
    ["no address", { StringEquals: { k: "11.0.0.1" }, IpAddress: { k: "10.0.0.0/8" } }, "nothing"],
    ["a number that is no such text", { StringNotEquals: { k: "1" }, NumericLessThanEquals: { k: "1" } }, ["0"]],
    [
      "a moment in epoch seconds",
      { DateEquals: { k: "1780315200" }, NumericEquals: { k: "1780315200" } },
      ["1780315200"],
    ],
  ])("finds %s", (_, condition, expected) => {
    expect(example(where(condition).concat(where({ Null: { k: "false" } })))).toEqual(expected);
  });

  test.each<readonly [string, Condition]>([
    ["a text that is no number", { StringEquals: { k: "abc" }, NumericNotEquals: { k: "5" } }],
    ["a pattern and a number", { StringLike: { k: "1*" }, NumericEquals: { k: "17" } }],
    ["one of some patterns and a number", { StringLike: { k: ["1", "2?0"] }, NumericEquals: { k: "17" } }],
    ["a pattern and a block", { StringLike: { k: "10.*" }, NotIpAddress: { k: "10.0.0.0/8" } }],
    ["a date and an address", { DateLessThan: { k: "2026-01-01" }, IpAddress: { k: "10.0.0.0/8" } }],
  ])("fails when it is not known whether there is %s: too wide rather than too narrow", (_, condition) => {
    expect(example(where(condition))).not.toBe("nothing");
  });
});

test("fails when the test is opaque", () => {
  const opaque = testOf({ StringEquals: { "aws:SourceVpc": "${aws_vpc.main.id}" } });
  expect(() => KeyValues.anything.where(opaque, true)).toThrow("StringEquals on aws:SourceVpc cannot be decided");
});

test("fails when an example takes too many steps, and does not rule it out before", () => {
  const texts = (letter: string): readonly string[] => Array.from({ length: 2000 }, (_, index) => `${letter}${index}`);
  const [common] = left(where({ StringEquals: { k: [...texts("a"), "z"] }, StringLike: { k: [...texts("b"), "z"] } }));
  expect(() => common?.example(new Budget(1_000))).toThrow(TooComplex);
  expect(common?.example(new Budget(1_000_000))).toEqual(["z"]);
});

test("finds the one text of a long list that another does not exclude, within few steps", () => {
  const accounts = Array.from({ length: 5000 }, (_, index) => String(index));
  const [account] = left(where({ StringEquals: { k: accounts }, StringNotEquals: { k: accounts.slice(0, -1) } }));
  expect(account?.example(new Budget(1_000))).toEqual(["4999"]);
});

describe.each(Object.entries(WORLDS))("by all requests of a few values: %s", (_, world: World) => {
  test.each([
    ["one value", PLAIN, KeyValues.anything],
    ["several values", SEVERAL, KeyValues.severalValued],
  ] as const)("an example answers as asked, and where there is none there is no request: %s", (_, prefixes, start) => {
    const all = requests(world.values, prefixes === SEVERAL);
    fc.assert(
      fc.property(questions([world], prefixes), (asked) => {
        const found = example(asked, start);
        if (found === "nothing") expect(all.find((values) => isAnswered(asked, values))).toBeUndefined();
        else expect(asked.map(({ test }) => holds(test, found ?? undefined))).toEqual(asked.map(({ holds }) => holds));
      }),
      { numRuns: depth(500) },
    );
  });
});

test.each([
  ["text", "number"],
  ["text", "bool"],
  ["text", "ip"],
  ["number", "date"],
] as const)("where %s meets %s, nothing is left only where there is no request", (a, b) => {
  const world = { ...WORLDS[a], named: [...WORLDS[a].named, ...WORLDS[b].values] };
  const anything = requests([...WORLDS[a].values, ...WORLDS[b].values], false);
  fc.assert(
    fc.property(questions([world, WORLDS[b]], PLAIN), (all) => {
      const asked = all.filter(({ test }) => test.type !== "opaque");
      fc.pre(left(asked).length === 0);
      expect(anything.find((values) => isAnswered(asked, values))).toBeUndefined();
    }),
  );
});
