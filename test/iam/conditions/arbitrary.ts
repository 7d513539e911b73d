import fc from "fast-check";
import { type KeyTest, keyTests } from "../../../iam/conditions/key-test";

/** A test of one key and the answer that is wanted of it. */
export interface Asked {
  readonly test: KeyTest;
  readonly holds: boolean;
}

/** Tests of one way to compare, and values that a request may have between and around those that they name */
export interface World {
  readonly operators: readonly string[];
  readonly named: readonly string[];
  readonly values: readonly string[];
}

const COMPARISONS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];

export const WORLDS = {
  text: {
    operators: ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"].concat([
      "StringLike",
      "StringNotLike",
      "ArnLike",
      "ArnNotEquals",
    ]),
    named: ["a", "A", "b", "ab", "a*", "*b", "?", "*", "", "a?${*}"],
    values: ["", "a", "A", "b", "B", "ab", "Ab", "AB", "aB", "ba", "bb", "abb", "c", "a*", "A*", "aa*", "ac*", "x:y"],
  },
  number: {
    operators: COMPARISONS.map((comparison) => `Numeric${comparison}`),
    named: ["-1", "0", "1.5", "1.50", "2", "10"],
    values: ["-2", "-1", "-0.5", "0", "1", "1.5", "1.500000000000001", "1.6", "2", "2.0", "3", "10", "11"],
  },
  date: {
    operators: COMPARISONS.map((comparison) => `Date${comparison}`),
    named: ["2026-01-01", "2026-01-01T00:00:01Z", "2026-01-01T02:00:00+01:00", "1767225600"],
    values: [
      "2025-12-31T23:59:59.999Z",
      "2026-01-01T00:00:00Z",
      "2026-01-01T00:00:00.5Z",
      "1767225601",
      "2026-01-01T00:30Z",
      "2026-01-01T01:00:00Z",
      "2026-01-02",
    ],
  },
  ip: {
    operators: ["IpAddress", "NotIpAddress"],
    named: [
      "10.0.0.0/8",
      "10.1.0.0/16",
      "10.1.0.5",
      "0.0.0.0/0",
      "128.0.0.0/1",
      "::/0",
      "2001:db8::/32",
      "2001:db8::1",
    ],
    values: [
      "0.0.0.0",
      "9.255.255.255",
      "10.0.0.0",
      "10.1.0.5",
      "10.1.0.6",
      "10.2.0.0",
      "11.0.0.0",
      "255.255.255.255",
      "::",
      "2001:db8::1",
      "2001:db8::2",
      "2001:db9::",
    ],
  },
  bool: { operators: ["Bool"], named: ["true", "false", "True"], values: ["true", "false", "TRUE", "False"] },
} as const satisfies Readonly<Record<string, World>>;

const NULL = fc.constantFrom("true", "false").map((value) => keyTests({ Null: { k: value } }));

function tests({ operators, named }: World, prefixes: readonly string[]): fc.Arbitrary<readonly KeyTest[]> {
  return fc
    .record({
      prefix: fc.constantFrom(...prefixes),
      operator: fc.constantFrom(...operators),
      suffix: fc.constantFrom("", "", "", "IfExists"),
      values: fc.array(fc.constantFrom(...named), { minLength: 1, maxLength: 3 }),
    })
    .map(({ prefix, operator, suffix, values }) => keyTests({ [`${prefix}${operator}${suffix}`]: { k: values } }));
}

/** Questions about a key, by tests of `worlds` and Null. */
export function questions(worlds: readonly World[], prefixes: readonly string[]): fc.Arbitrary<readonly Asked[]> {
  const any = fc.oneof(...worlds.map((world) => ({ weight: 4, arbitrary: tests(world, prefixes) })), {
    weight: 1,
    arbitrary: NULL,
  });
  const asked = fc.tuple(any, fc.boolean()).map(([[test], holds]) => ({ test: test as KeyTest, holds }));
  return fc.array(asked, { minLength: 1, maxLength: 6 });
}

/** Every request of a few values: without the key, with one value, and where asked for, with two or three. */
export function requests(values: readonly string[], several: boolean): readonly (readonly string[] | undefined)[] {
  const single = values.map((value) => [value]);
  if (!several) return [undefined, ...single];
  const pairs = values.flatMap((a, index) => values.slice(index + 1).map((b) => [a, b]));
  const triples = pairs.flatMap(([a, b]) =>
    values.slice(values.indexOf(b as string) + 1).map((c) => [a as string, b as string, c]),
  );
  return [undefined, [], ...single, ...pairs, ...triples];
}
