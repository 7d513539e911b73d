import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceFile } from "typescript";
import { changeOf } from "./e2e/mutants/change";
import { type Mutant, readMutants, ROOT } from "./e2e/mutants/mutant";
import { mutated, parsed, syntaxProblem, withSwitches } from "./e2e/mutants/schemata";
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

test("each mutant has a name of its own", () => {
  const names = MUTANTS.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
