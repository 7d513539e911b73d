import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import Ajv from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { readRules } from "../../../review/rules/read-rules";
import { RULES_FILE } from "../../../review/rules/rules-file";
import { rulesJsonSchema } from "../../../review/rules/rules-schema";
import { EXAMPLE } from "./example-rules";

const ROOT = resolve(__dirname, "../../..");
const parsed = (file: string): unknown => JSON.parse(readFileSync(resolve(ROOT, file), "utf8"));

const ajv = new Ajv({ strict: true, strictTuples: false });
addFormats(ajv);
const validate = ajv.compile(parsed("docs/review-rules.schema.json") as object);

test("the schema for editors is what the rules are read by", () => {
  expect(parsed("docs/review-rules.schema.json")).toEqual(JSON.parse(JSON.stringify(rulesJsonSchema())));
});

test("editors take the example, and what may be left out", () => {
  expect([validate(EXAMPLE), validate.errors]).toEqual([true, null]);
  const { version, default: rest } = EXAMPLE;
  expect([validate({ version, default: rest }), validate.errors]).toEqual([true, null]);
});

test.each<readonly [string, object]>([
  ["a key is misspelt", { aprovals: [] }],
  ["no approvers", { default: { approvers: [] } }],
  ["a gain is acknowledged", { acknowledged: [{ finding: "gain" }] }],
  ["a glob is negated", { guarded: ["!main.ts"] }],
])("editors mark it where %s", (_, change) => {
  expect(validate({ ...EXAMPLE, ...change })).toBe(false);
});

test("the rules of this repository's own fleet can be read", () => {
  const rules = readRules(readFileSync(resolve(ROOT, RULES_FILE)), RULES_FILE, new Date());
  expect(rules.approvals.map(({ name }) => name)).not.toEqual([]);
  expect([validate(parsed(RULES_FILE)), validate.errors]).toEqual([true, null]);
});
