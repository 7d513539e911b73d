import fc from "fast-check";
import { canonicalJson } from "../../runtime/canonical-json";
import type { Value } from "../../runtime/json";
import "../support/depth";

// Worked by hand from RFC 8785: sections 3.2.2.2, 3.2.2.3 and 3.2.3
test.each<readonly [string, Value, string]>([
  ["nothing", null, "null"],
  ["an empty object", {}, "{}"],
  ["an empty list", [], "[]"],
  ["members in the order of code units", { b: 1, a: 2, B: 3, "": 4 }, '{"":4,"B":3,"a":2,"b":1}'],
  [
    "code units, not code points",
    { "\ufb33": 1, "\u{1f600}": 2, "\u20ac": 3 },
    '{"\u20ac":3,"\u{1f600}":2,"\ufb33":1}',
  ],
  ["digits as text", { "10": 1, "9": 2 }, '{"10":1,"9":2}'],
  ["an index between texts", { a: 1, "1": { c: 2, "2": 3, B: 4 }, "": 5 }, '{"":5,"1":{"2":3,"B":4,"c":2},"a":1}'],
  ["what only looks like half a character", { a: "\\\\ud800", b: "\\ude00" }, '{"a":"\\\\\\\\ud800","b":"\\\\ude00"}'],
  ["lists in their order", [3, 1, 2], "[3,1,2]"],
  ["numbers as ECMAScript", [1e21 / 1e15, 1e-7, 0.1, -0, 4.5, 1e-27], "[1000000,1e-7,0.1,0,4.5,1e-27]"],
  ["the largest whole numbers", [2 ** 53 - 1, -(2 ** 53 - 1)], "[9007199254740991,-9007199254740991]"],
  ["controls escaped, the rest not", 'a"\\\b\f\n\r\t\u000f\u007f/€', '"a\\"\\\\\\b\\f\\n\\r\\t\\u000f\u007f/€"'],
  ["a member that prototypes have", JSON.parse('{"__proto__":1,"constructor":2}'), '{"__proto__":1,"constructor":2}'],
])("%s", (_, value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

test.each<readonly [string, unknown, string]>([
  ["no number", NaN, "value must be a number from -9007199254740991 to 9007199254740991, got NaN: send it as text"],
  ["infinity", { a: -Infinity }, "value.a must be a number"],
  ["a whole number that doubles round", [2 ** 53], "value[0] must be a number"],
  ["a number that is huge", 1e21, "value must be a number"],
  ["half a character", "\ud800", "value must be a text of whole characters"],
  ["half a character in a name", { "\udc00": 1 }, "a name in value must be a text of whole characters"],
  ["half a character deep within", { a: ["\udfff b"] }, "value.a[0] must be a text of whole characters"],
  ["undefined", { a: undefined }, "value.a must be JSON, got a undefined"],
  ["a hole", [, 1], "value[0] must be JSON, got a undefined"],
  ["a function", () => 1, "value must be JSON, got a function"],
  ["a big integer", 1n, "value must be JSON, got a bigint"],
  ["a date", new Date(0), "value must be JSON, got a object"],
  ["a map", { a: new Map() }, "value.a must be JSON, got a object"],
  ["67 levels", deep(67), "must be nested at most 66 deep"],
])("fails when it has %s", (_, value, message) => {
  expect(() => canonicalJson(value as Value)).toThrow(message);
});

test("66 levels are not too deep", () => {
  expect(canonicalJson(deep(66) as Value)).toBe(`${"[".repeat(66)}1${"]".repeat(66)}`);
});

test("the same value has one form, for any order of its members, and reads back as itself", () =>
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      fc.pre(isExact(value));
      const text = canonicalJson(value as Value);
      expect(canonicalJson(turned(value) as Value)).toBe(text);
      expect(canonicalJson(JSON.parse(text) as Value)).toBe(text);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  ));

const NAMES = fc.oneof(
  fc.constantFrom("", "0", "9", "10", "01", "-1", "__proto__", "toJSON", "a", "\ufb33", "😀"),
  fc.string(),
);

test("members are sorted by code units, for any number and any names", () =>
  fc.assert(
    fc.property(fc.uniqueArray(NAMES, { maxLength: 60 }), (names) => {
      fc.pre(names.every(isExact));
      const value = JSON.parse(
        `{${names.map((name, index) => `${JSON.stringify(name)}:${index}`).join(",")}}`,
      ) as Value;
      const inOrder = names
        .map((name, index) => ({ name, index }))
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const members = inOrder.map(({ name, index }) => `${JSON.stringify(name)}:${index}`);
      expect(canonicalJson(value)).toBe(`{${members.join(",")}}`);
    }),
  ));

/** The members of every object in the opposite order */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, turned(member)]),
  );
}

function isExact(value: unknown): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  if (typeof value === "string") return !/\p{Surrogate}/u.test(value);
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([name, member]) => name !== "__proto__" && isExact(name) && isExact(member));
}
