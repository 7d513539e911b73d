import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { guardedFiles } from "../../../review/rules/guarded-files";
import { readRules } from "../../../review/rules/read-rules";
import { NO_RULES } from "../../../review/rules/apply-rules";
import { rulesSchema } from "../../../review/rules/rules-schema";

const PAGE = readFileSync(resolve(__dirname, "../../../docs/review-rules.md"), "utf8");
const BLOCKS = [...PAGE.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = ""]) => JSON.parse(text) as object);

test("every block of the page can be read", () => {
  expect(BLOCKS).toHaveLength(3);
  for (const block of BLOCKS) {
    const document = { version: "ambit.review-rules/1", default: { approvers: ["@acme/platform"] }, ...block };
    const bytes = Buffer.from(JSON.stringify(document));
    expect(() => readRules(bytes, "ambit.review.json", new Date("2026-06-01T00:00:00Z"))).not.toThrow();
  }
});

test("the page names every condition of a rule and every key", () => {
  const when = Object.keys(rulesSchema.shape.approvals.unwrap().element.shape.when.shape);
  for (const key of when) expect(PAGE).toMatch(new RegExp(`^\\| \`${key}\` +\\|`, "m"));
  for (const key of Object.keys(rulesSchema.shape)) expect(PAGE).toContain(`"${key}":`);
});

test("each file of the table is guarded", () => {
  const [, table = ""] = /^\| Files [^\n]*\n\|[^\n]*\n([\s\S]*?)\n\n/m.exec(PAGE) ?? [];
  const globs = [...table.matchAll(/`([^`]*[./*A-Z][^`]*)`/g)].flatMap(([, glob]) => glob ?? []);
  expect(globs.length).toBeGreaterThan(15);
  const paths = globs.filter((glob) => !glob.startsWith("--")).map((glob) => glob.replace(/\*+/g, "x"));
  expect(paths.filter((path) => guardedFiles([path], NO_RULES).length === 0)).toEqual([]);
});
