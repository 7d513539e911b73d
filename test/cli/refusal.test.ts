import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DeclarationError } from "../../domain";
import { importCycle } from "../../cli/import-cycle";
import { endedBy } from "../../cli/refusal";
import { refusal } from "../support/domain";
import { scratch } from "../support/cli";

const ROOT = resolve(__dirname, "../..");
const CASES = "test/support/refusals";
const temporary = scratch("refusals");

/** What ends each of the programs, as the loader of `npm run synth` runs them */
const ends = ((): Readonly<Record<string, string>> => {
  const { stdout, stderr } = spawnSync(process.execPath, ["-r", "@swc-node/register", `${CASES}/all.ts`], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, TMPDIR: temporary.path },
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as Readonly<Record<string, string>>;
})();

/** The line of a program that is marked as the user's */
function marked(name: string): number {
  return (
    readFileSync(join(ROOT, CASES, `${name}.ts`), "utf8")
      .split("\n")
      .findIndex((line) => line.endsWith("// here")) + 1
  );
}

test.each([
  ["dataset", "[sensitivity.unknown]"],
  ["tool", "[action.unknown]"],
  ["agent", "[limit.exceeded]"],
  ["fleet", "[service-account.shared]"],
  ["unlisted", "[fleet.malformed]"],
  ["platform", "[name.reserved]"],
  ["construct", "[spire.lifetime]"],
])("a refused %s shows its sentence and the user's line, nothing else", (name, code) => {
  const [sentence, place, ...rest] = (ends[name] as string).split("\n");
  expect(sentence).toContain(code);
  expect(place).toMatch(new RegExp(`^    at ${CASES}/${name}\\.ts:${marked(name)}(:\\d+)?$`));
  expect(rest).toEqual([]);
});

test("what constructs validate shows its sentences and the user's line", () => {
  expect((ends.validation as string).split("\n")).toEqual([
    "[trust] name a cost centre",
    "[trust] name a region",
    expect.stringMatching(`^    at ${CASES}/validation\\.ts:${marked("validation")}:\\d+$`),
  ]);
  expect((ends.annotation as string).split("\n")).toEqual([
    "[trust] name a cost centre",
    expect.stringMatching(`^    at ${CASES}/annotation\\.ts:${marked("annotation")}:\\d+$`),
  ]);
});

test("a defect shows its whole stack", () => {
  const lines = (ends.defect as string).split("\n");
  expect(lines[0]).toMatch(/^TypeError: Cannot read properties of undefined/);
  expect(lines[1]).toMatch(new RegExp(`${CASES}/defect\\.ts:${marked("defect")}:`));
  expect(lines.length).toBeGreaterThan(5);
});

test("files that import each other are named, with the line that uses what is not there yet", () => {
  const [sentence, place, ...rest] = (ends.cycle as string).split("\n");
  const [tools, data, names] = ["tools", "data", "names"].map((file) => `${CASES}/cyclic/${file}.ts`);
  expect(sentence).toBe(
    `files import each other, ${names} → ${tools} → ${data} → ${names}, so "HOST" is used before its file has run: ` +
      "move what both need into a file that imports neither, or declare both in one file, the used one first",
  );
  expect(place).toMatch(new RegExp(`^    at ${names}:${marked("cyclic/names")}:\\d+$`));
  expect(rest).toEqual([]);
});

test("a value that is used too early in its own file is a defect", () => {
  const lines = (ends.early as string).split("\n");
  expect(lines[0]).toBe("ReferenceError: Cannot access 'later' before initialization");
  expect(lines.length).toBeGreaterThan(5);
});

test("every program of the folder is one of these", () => {
  expect(Object.values(ends)).not.toContain("accepted");
  expect(Object.keys(ends)).toHaveLength(12);
});

test("the stack of a refusal begins where it was made", () => {
  const error = new DeclarationError("token", "agent", "sentence");
  const [head, first] = (error.stack as string).split("\n");
  expect(head).toBe("DeclarationError: agent: sentence");
  expect(first).toMatch(/^ {4}at .*test\/cli\/refusal\.test\.ts:\d+:\d+$/);
});

test("a refusal without any line of the user is its sentence alone", () => {
  const error = new DeclarationError("token", "agent", "sentence");
  Object.defineProperty(error, "stack", { value: `DeclarationError\n    at x (${ROOT}/domain/tool.ts:1:2)` });
  expect(endedBy(error)).toBe("agent: sentence [token]");
});

test("what is thrown and no error is shown as it is", () => expect(endedBy("gone")).toBe("gone"));

test("a refusal leaves the depth of stacks as it was", () => {
  const before = Error.stackTraceLimit;
  refusal(() => {
    throw new DeclarationError("token", "agent", "sentence");
  });
  expect(Error.stackTraceLimit).toBe(before);
});

test.each([
  ["one file that imports itself", { "a.ts": 'import "./a";' }, ["a.ts", "a.ts"]],
  [
    "a folder's index",
    { "a.ts": 'export { b } from "./b";', "b/index.ts": "import {\n  a,\n} from '../a';" },
    ["a.ts", "b/index.ts", "a.ts"],
  ],
  [
    "the shorter of two ways",
    { "a.ts": 'import x from "./b";\nimport y from "./c";', "b.ts": 'import "./c";', "c.ts": 'import "./a";' },
    ["a.ts", "c.ts", "a.ts"],
  ],
  ["types alone", { "a.ts": 'import type { B } from "./b";', "b.ts": 'import "./a";' }, undefined],
  [
    "a circle that it only leads to",
    { "a.ts": 'import "./b";', "b.ts": 'import "./c";', "c.ts": 'import "./b";' },
    undefined,
  ],
  ["a file that does not exist", { "a.ts": 'import "./b";' }, undefined],
])("the way of a file back to itself is found: %s", (name, files, way) => {
  const folder = name.replaceAll(/\W+/g, "-");
  for (const [file, text] of Object.entries(files)) temporary.put(`${folder}/${file}`, text);
  const at = (file: string): string => join(temporary.path, folder, file);
  expect(importCycle(at("a.ts"))).toEqual(way?.map(at));
});
