import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceFile } from "typescript";
import { activate, isMutant } from "./e2e/mutants/active";
import { changeOf } from "./e2e/mutants/change";
import { readKillers } from "./e2e/mutants/killers";
import { type Mutant, readMutants, ROOT } from "./e2e/mutants/mutant";
import { mutated, parsed, syntaxProblem, withSwitches } from "./e2e/mutants/schemata";
import { shareOf } from "./e2e/mutants/share";
import { unknownNames } from "./e2e/mutants/unknown-names";
import { testFiles } from "./e2e/mutants/test-files";

const MUTANTS = readMutants();
const TEST_FILES = testFiles();
const FILES = new Map<string, { readonly text: string; readonly file: SourceFile }>();

function sourceOf(path: string) {
  const known = FILES.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(join(ROOT, path), "utf8");
  const source = { text, file: parsed(text, path) };
  FILES.set(path, source);
  return source;
}

/** What keeps a mutant from taking out what its name says */
function problemOf(mutant: Mutant): readonly string[] {
  const { name, file: path, tests } = mutant;
  const told = (why: string) => [`the mutant "${name}" no longer finds its rule, as ${path} ${why}`];
  try {
    const { text, file } = sourceOf(path);
    const change = changeOf(file, mutant);
    if (mutated(text, change) === text) return told("stays as it is");
    const unknown = unknownNames(file, mutant);
    if (unknown.length > 0) return told(`does not know ${unknown.join(", ")}`);
  } catch (error) {
    return told((error as Error).message);
  }
  return TEST_FILES.some((test) => new RegExp(tests).test(test)) ? [] : [`no test file of "${name}" matches ${tests}`];
}

test("every mutant finds its rule: where one does not, name the rule anew in test/cases/mutants, or delete it with the rule", () => {
  expect(MUTANTS.flatMap(problemOf)).toEqual([]);
});

test("a file with all of its mutants in it can be read", () => {
  const paths = [...new Set(MUTANTS.map(({ file }) => file))];
  const problems = paths.flatMap((path) => {
    const mutants = MUTANTS.filter(({ file }) => file === path);
    return syntaxProblem(withSwitches(sourceOf(path).text, mutants)) ?? [];
  });
  expect(problems).toEqual([]);
});

test("what is recorded is recorded of mutants that are there: `npm run mutants -- --record` forgets the others", () => {
  const names = new Set(MUTANTS.map(({ name }) => name));
  expect(Object.keys(readKillers()).filter((name) => !names.has(name))).toEqual([]);
});

test("each mutant has a name of its own", () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe("a mutant is found by structure and name", () => {
  const SOURCE = `
    const LIMITS = { most: 3, least: 1 };
    export class Gate {
      open(who: string, age: number): string[] {
        // At or above the limit.
        if (!isKnown(who) || age < LIMITS.least) throw new Error("the age must be at least 1");
        note(who);
        return [who, ...rest(who, age)].filter((one) => one !== "");
      }
    }
    export const isOpen = (who: string) => who === "all";`;
  const mutant = (rest: Partial<Mutant>): Mutant => ({
    name: "m",
    file: "gate.ts",
    in: "Gate.open",
    tests: "",
    ...rest,
  });
  const without = (rest: Partial<Mutant>, source = SOURCE): string =>
    mutated(source, changeOf(parsed(source, "gate.ts"), mutant(rest)));

  test.each<[Partial<Mutant>, from: string, to: string]>([
    [{ condition: "isKnown", is: "true" }, "!isKnown(who)", "!true"],
    [{ condition: "LIMITS.least", is: "false" }, "age < LIMITS.least", "false"],
    [{ condition: ["isKnown", "age"], is: "false" }, "!isKnown(who) || age < LIMITS.least", "false"],
    [{ expression: "LIMITS.least", is: "$left <= $right" }, "age < LIMITS.least", "(age) <= (LIMITS.least)"],
    [{ drop: "note" }, "note(who);", ""],
    [{ drop: "rest" }, "[who, ...rest(who, age)]", "[who]"],
    [{ call: "rest", is: "[$1]" }, "rest(who, age)", "[(age)]"],
    [
      { call: "filter", is: "$this" },
      '[who, ...rest(who, age)].filter((one) => one !== "")',
      "([who, ...rest(who, age)])",
    ],
    [{ swap: "filter", is: "map" }, ".filter(", ".map("],
    [{ in: "LIMITS", drop: "most" }, "{ most: 3, least: 1 }", "{ least: 1 }"],
    [{ in: "LIMITS", value: "most", is: "4" }, "most: 3", "most: 4"],
    [{ in: "isOpen", swap: "all", is: "none" }, '"all"', '"none"'],
    [{ in: "isOpen", returns: "true" }, 'who === "all"', "true"],
    [{ returns: "[]" }, "string[] {", "string[] {return [];"],
  ])("%j", (rest, from, to) => {
    expect(without(rest)).toBe(SOURCE.replace(from, () => to));
  });

  test("another text, order or comment changes nothing", () => {
    const reworded = SOURCE.replace("must be at least 1", "is too low: wait")
      .replace("// At or above the limit.", "")
      .replace("!isKnown(who) || age < LIMITS.least", "age < LIMITS.least ||\n  !isKnown(who)");
    expect(without({ condition: "LIMITS.least", is: "false" }, reworded)).toContain("if (false ||\n  !isKnown(who))");
  });

  test.each<[string, Partial<Mutant>]>([
    ['has no declaration "shut" of "Gate.shut"', { in: "Gate.shut", returns: "[]" }],
    ['has no condition "isNew" in "Gate.open"', { condition: "isNew", is: "true" }],
    ['has 5 of swap "who" in "Gate.open": name more of it, or say which by "nth"', { swap: "who", is: "age" }],
    ["must say one of returns, drop, condition, call, value, swap, expression, says none", {}],
    ['"condition" needs what it becomes: "is"', { condition: "isKnown" }],
    ['"drop" has no "is"', { drop: "note", is: "true" }],
    ["is no function that could return at once", { in: "LIMITS", returns: "1" }],
    ['has no part "$left" in note(who)', { call: "note", is: "$left" }],
  ])("fails when the file %s", (why, rest) => {
    expect(() => without(rest)).toThrow(new Error(why));
  });

  test("fails when its code has a name that its file does not have: it would fail for any rule", () => {
    const file = parsed(SOURCE, "gate.ts");
    const names = unknownNames(file, mutant({ condition: "isKnown", is: "$ && who.some((one) => one in others)" }));
    expect(names).toEqual(["others"]);
  });
});

describe("all mutants of a file are switches in it", () => {
  const SOURCE = "function f(n) { log(n); return n > 1 ? [n, 1] : g(n); }";
  const base = { file: "f.ts", in: "f", tests: "" };
  const switched = withSwitches(SOURCE, [
    { ...base, name: "first", returns: "0" },
    { ...base, name: "statement", drop: "log" },
    { ...base, name: "outer", expression: ["n", "1", "g"], is: "$else" },
    { ...base, name: "inner", drop: "1" },
  ]);
  const run = (active: string | undefined): unknown => {
    const logged: number[] = [];
    const f = new Function("isMutant", "log", "g", `${switched}; return f;`) as (
      ...args: unknown[]
    ) => (n: number) => unknown;
    activate(active);
    const result = f(
      isMutant,
      (n: number) => logged.push(n),
      (n: number) => -n,
    )(2);
    activate(undefined);
    return { result, logged };
  };

  test.each<[string | undefined, result: unknown, logged: readonly number[]]>([
    [undefined, [2, 1], [2]],
    ["another", [2, 1], [2]],
    ["first", 0, []],
    ["statement", [2, 1], []],
    ["outer", -2, [2]],
    ["inner", [2], [2]],
  ])("%s", (active, result, logged) => {
    expect(run(active)).toEqual({ result, logged });
  });

  test("fails when a mutant comes to its rule without end, by turns and not by time", () => {
    activate("endless");
    const turn = (): void => {
      while (isMutant("endless")) continue;
    };
    expect(turn).toThrow(/^the mutant "endless" does not end: its rule was come to \d+ times$/);
    activate(undefined);
  });
});

test("each commit draws a part of the mutants, the same one each time, and without a share all of them", () => {
  const ofA = shareOf(MUTANTS, "3", () => "a");
  expect(shareOf(MUTANTS, "3", () => "a")).toEqual(ofA);
  expect(shareOf(MUTANTS, "3", () => "b")).not.toEqual(ofA);
  expect(Math.abs(ofA.length / MUTANTS.length - 1 / 3)).toBeLessThan(0.1);
  expect(shareOf(MUTANTS)).toBe(MUTANTS);
});

test.each(["0", "1.5", "11", "all"])("fails when the share is %j", (given) => {
  expect(() => shareOf(MUTANTS, given)).toThrow(
    `AMBIT_MUTANTS_SHARE must be a whole number from 1 to 10, got ${given}`,
  );
});
