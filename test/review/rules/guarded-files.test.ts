import { printable } from "../../../domain/printable";
import { guardedFiles } from "../../../review/rules/guarded-files";
import cases from "../../cases/review/rules-guarded.json";
import { rulesWith } from "./example-rules";

const unknownOf = (path: string, rules = rulesWith({}), rulesFiles?: readonly string[]) =>
  guardedFiles([path], rules, rulesFiles).map(({ unknown }) => unknown);

describe("a change", () => {
  test.each(cases.filter(({ unknown }) => unknown !== null))("of $path is one of $unknown", ({ path, unknown }) => {
    const [found, ...more] = unknownOf(path);
    expect(found?.what.startsWith(`${unknown} `)).toBe(true);
    expect(found?.why).toMatch(/^it changes, so that /);
    expect(found?.source).toEqual({ address: printable(path) });
    expect(more).toEqual([]);
  });

  test.each(cases.filter(({ unknown }) => unknown === null))("of $path needs no approval", ({ path }) => {
    expect(unknownOf(path)).toEqual([]);
  });
});

test("the rules may guard more", () => {
  expect(unknownOf("fleet/platform.ts", rulesWith({ guarded: ["fleet/*.ts"] }))).toEqual([
    {
      what: "the guarded file fleet/platform.ts",
      why: "it changes, and the review rules guard it",
      source: { address: "fleet/platform.ts" },
    },
  ]);
});

test("a rule for files guards them", () => {
  const when = { files: ["fleet/platform.ts", "package.json"] };
  const rules = rulesWith({ approvals: [{ name: "platform", when, approvers: ["@acme/security"] }] });
  const whats = ["fleet/platform.ts", "package.json", "fleet/index.ts"].map((path) => unknownOf(path, rules));
  expect(whats.map(([one]) => one?.what)).toEqual([
    "the guarded file fleet/platform.ts",
    "the dependencies package.json",
    undefined,
  ]);
});

test("what the rules guard is besides the usual files, and in place of none", () => {
  expect(unknownOf("package-lock.json", rulesWith({ guarded: ["fleet/*.ts"] }))).toHaveLength(1);
});

describe("with a reason, files may be unguarded", () => {
  const rules = rulesWith({ unguarded: [{ files: "images/logo/**", reason: "pictures" }] });

  test("and then need no approval", () => expect(unknownOf("images/logo/ambit.svg", rules)).toEqual([]));

  test("but not those beside them", () => expect(unknownOf("images/Dockerfile", rules)).toHaveLength(1));

  test("nor in other letters", () => expect(unknownOf("images/Logo/x", rules)).toHaveLength(1));

  test("nor the rules, under any name", () => {
    const all = rulesWith({ unguarded: [{ files: "**", reason: "none" }] });
    expect(unknownOf("package.json", all)).toEqual([]);
    expect(unknownOf("ambit.review.json", all)).toHaveLength(1);
    expect(unknownOf("ci/our-rules.json", all, ["our-rules.json"])).toHaveLength(1);
  });

  test("nor what the rules guard themselves", () => {
    const both = rulesWith({ guarded: ["images/logo/**"], unguarded: [{ files: "images/logo/**", reason: "none" }] });
    expect(unknownOf("images/logo/x", both)).toHaveLength(1);
  });
});

test("each file is named once, in one order, and nothing in its name moves a cursor", () => {
  const files = guardedFiles(["yarn.lock", "main.ts", ".github/\u001b[2J", "yarn.lock"], rulesWith({}));
  expect(files.map(({ unknown: { what } }) => what)).toEqual([
    "the workflow .github/\\u{1b}[2J",
    "the program main.ts",
    "the dependencies yarn.lock",
  ]);
});
