import { costlyPart } from "../../domain/rules/schema-cost";

const text = (pattern: string): object => ({ type: "string", maxLength: 100, pattern });

test.each([
  ["^[a-z]+$"],
  ["^\\d{4}-\\d{2}$"],
  ["^(?:ab)+$"],
  ["^(a|b)$"],
  ["^(a|b)?$"],
  ["^[^(*+)]*$"],
  ["^\\(\\w+\\)$"],
])("%s is cheap where its text is short", (pattern) => {
  expect(costlyPart({ properties: { a: text(pattern) } })).toBeUndefined();
});

test.each([
  ["^(a+)+$"],
  ["^(?:a+)*$"],
  ["^(a|a)*$"],
  ["^((a*)b)+$"],
  ["^(\\w+\\s?)*$"],
  ["^(a{1,9}){2,}$"],
  ["^(?=a)b$"],
  ["^(?<!a)b$"],
  ["^(a)\\1$"],
])("fails for %s", (pattern) => {
  expect(costlyPart({ properties: { a: text(pattern) } })).toContain("pattern must repeat no group");
});

test.each([
  ["a pattern without a length", { pattern: "a" }, "pattern needs maxLength"],
  ["a pattern of long texts", { pattern: "a", maxLength: 1_001 }, "at most 1000"],
  ["a format without a length", { items: { format: "email" } }, "format needs maxLength"],
  ["items compared with each other", { anyOf: [{ uniqueItems: true }] }, "uniqueItems needs maxItems"],
  ["many of them", { uniqueItems: true, maxItems: 101 }, "at most 100"],
  ["names by pattern", { patternProperties: { "^a": {} } }, "patternProperties must be left out"],
])("fails for %s", (_, schema, what) => {
  expect(costlyPart(schema)).toContain(what);
});

test("values are no schemas, and a property may have any name", () => {
  expect(costlyPart({ enum: [{ pattern: "(a+)+" }], const: { uniqueItems: true } })).toBeUndefined();
  expect(costlyPart({ properties: { pattern: { type: "string" }, format: { type: "string" } } })).toBeUndefined();
  expect(costlyPart({ uniqueItems: true, maxItems: 100, items: { format: "date", maxLength: 10 } })).toBeUndefined();
  expect(costlyPart(true)).toBeUndefined();
});
