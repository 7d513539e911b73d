import fc from "fast-check";
import { matchesName, matchesPath } from "../../../review/rules/glob";
import { depth } from "../../support/depth";

describe("a name", () => {
  test.each([
    ["prod.*", "prod.support-triage"],
    ["*", ""],
    ["*", "a/b"],
    ["*.triage", "prod.a.triage"],
    ["a*b*c", "a-bb-bc"],
    ["a*b*c", "abbc.c"],
    ["?", "a"],
    ["**", "anything"],
    ["aws_iam_role.*", "aws_iam_role.__proto__"],
    ["*", "a\nb"],
    ["", ""],
  ])("%j takes %j", (pattern, text) => expect(matchesName(pattern, text)).toBe(true));

  test.each([
    ["prod.*", "prod"],
    ["prod.*", "staging.prod.a"],
    ["prod", "prod.a"],
    ["?", ""],
    ["?", "ab"],
    ["a*b", "ab-"],
    ["Prod.*", "prod.a"],
    ["prod.a", "prodXa"],
    ["", "a"],
  ])("%j does not take %j", (pattern, text) => expect(matchesName(pattern, text)).toBe(false));
});

describe("a path", () => {
  test.each([
    ["**", "main.ts"],
    ["**/package.json", "package.json"],
    ["**/package.json", "a/b/package.json"],
    [".github/**", ".github/workflows/ci.yml"],
    [".github/**", ".github/a\nb"],
    [".github/**", ".github"],
    ["**/Dockerfile*", "images/Dockerfile.exchange"],
    ["a/**/b", "a/b"],
    ["a/**/b", "a/x/y/b"],
    ["a/**/b/**", "a/b/x/b/c"],
    ["*/b", ".hidden/b"],
    ["**/*.rego", "policies/.rego"],
    ["a/***/c", "a/b/c"],
  ])("%j takes %j", (pattern, path) => expect(matchesPath(pattern, path)).toBe(true));

  test.each([
    ["*", "a/b"],
    ["*.ts", "fleet/main.ts"],
    ["**/package.json", "package.json/a"],
    ["**/package.json", "my-package.json"],
    [".github/**", "docs/.github/x"],
    [".github/**", ".githubx/a"],
    ["a/**/b", "a/xb"],
    ["a/?/b", "a//b"],
    ["main.ts", "mainXts"],
    ["a/***/c", "a/b/b/c"],
  ])("%j does not take %j", (pattern, path) => expect(matchesPath(pattern, path)).toBe(false));
});

/** The same said another way: a regular expression */
function expression(pattern: string): RegExp {
  const letters = pattern.replace(/[.+^$|(){}[\]\\]/g, "\\$&");
  return new RegExp(`^${letters.replace(/[*]/g, ".*").replace(/[?]/g, ".")}$`, "s");
}

test("names are taken as a regular expression would", () => {
  const letters = (all: string) => fc.array(fc.constantFrom(...all), { maxLength: 8 }).map((some) => some.join(""));
  fc.assert(
    fc.property(letters("ab*?."), letters("ab.\n"), (pattern, text) => {
      expect(matchesName(pattern, text)).toBe(expression(pattern).test(text));
    }),
    { numRuns: depth(2000) },
  );
});

test("a path is taken by itself, by ** and by ** before each of its ends", () => {
  const name = fc.constantFrom("a", ".b", "c d", "é", "x\ny", "__proto__");
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), fc.nat(4), (names, at) => {
      const path = names.join("/");
      const end = names.slice(Math.min(at, names.length - 1)).join("/");
      expect([path, "**", `**/${end}`].map((pattern) => matchesPath(pattern, path))).toEqual([true, true, true]);
    }),
  );
});

test("a long name and many wildcards are decided, and do not take for ever", () => {
  expect(matchesName(`${"*a".repeat(50)}b`, "a".repeat(5000))).toBe(false);
  expect(matchesPath(`${"**/a/".repeat(50)}b`, "a/".repeat(500) + "c")).toBe(false);
});
