import fc from "fast-check";
import { isStricter } from "../../../review/difference/declared/match-gaps";
import cases from "../../cases/review/json-schema.json";
import { depth } from "../../support/depth";

test.each(cases)("$name", ({ one, other, stricter }) => {
  expect(isStricter(one, other)).toBe(stricter);
});

const VALUES: readonly unknown[] = [
  0,
  1,
  2,
  3,
  4,
  "",
  "a",
  "ab",
  "abc",
  {},
  { a: 1 },
  { a: 3 },
  { b: 2 },
  { a: 1, b: 2 },
];

const bound = fc.integer({ min: 0, max: 4 });
const leaf = fc.record(
  {
    type: fc.constantFrom("number", "string", "object"),
    maximum: bound,
    minimum: bound,
    maxLength: bound,
    minLength: bound,
    minProperties: bound,
    enum: fc.subarray([1, 2, "a", "ab"], { minLength: 1 }),
    const: fc.constantFrom(1, "a"),
  },
  { requiredKeys: [] },
);
const schema = fc.oneof(
  leaf,
  fc.record(
    {
      required: fc.subarray(["a", "b"]),
      additionalProperties: fc.constant(false),
      properties: fc.record({ a: leaf, b: leaf }, { requiredKeys: [] }),
    },
    { requiredKeys: [] },
  ),
);

test("what a stricter schema accepts, the other accepts too", () => {
  let stricter = 0;
  fc.assert(
    fc.property(schema, schema, (one, other) => {
      if (!isStricter(one, other)) return;
      stricter += 1;
      expect(VALUES.filter((value) => accepts(one, value) && !accepts(other, value))).toEqual([]);
    }),
    { numRuns: depth(20_000) },
  );
  expect(stricter).toBeGreaterThan(depth(100, 10));
});

/** The keywords above as the standard says them (JSON Schema 2020-12, validation) */
function accepts(of: Record<string, unknown>, value: unknown): boolean {
  const is = <T>(kind: "number" | "string" | "object", rule: (value: T, limit: never) => boolean) => {
    return (limit: unknown) => typeof value !== kind || rule(value as T, limit as never);
  };
  const rules: Record<string, (limit: unknown) => boolean> = {
    type: (kind) => typeof value === kind,
    maximum: is<number>("number", (number, limit: number) => number <= limit),
    minimum: is<number>("number", (number, limit: number) => number >= limit),
    maxLength: is<string>("string", (text, limit: number) => text.length <= limit),
    minLength: is<string>("string", (text, limit: number) => text.length >= limit),
    minProperties: is<object>("object", (object, limit: number) => Object.keys(object).length >= limit),
    enum: (items) => (items as unknown[]).includes(value),
    const: (item) => item === value,
    required: is<object>("object", (object, names: string[]) => names.every((name) => name in object)),
    additionalProperties: is<object>("object", (object) =>
      Object.keys(object).every((name) => name in ((of["properties"] ?? {}) as object)),
    ),
    properties: is<Record<string, unknown>>("object", (object, schemas: Record<string, Record<string, unknown>>) =>
      Object.entries(schemas).every(([name, inner]) => !(name in object) || accepts(inner, object[name])),
    ),
  };
  return Object.entries(of).every(([keyword, limit]) => rules[keyword]?.(limit) ?? false);
}
