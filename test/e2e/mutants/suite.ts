import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import mutants from "../../cases/mutants.json";
import type { Suite } from "../harness/suite";
import { jestIn, NODE_MODULES, workingCopy } from "../harness/working-copy";

interface Mutant {
  /** What the mutant no longer holds */
  readonly name: string;
  readonly file: string;
  /** Text that stands in the file exactly once */
  readonly find: string;
  readonly replace: string;
  /** Pattern of the paths of tests, of which one must fail: no more than it takes, for each mutant runs them */
  readonly tests: string;
}

/** Takes one security rule out at a time: some test must notice. */
export function mutantsSuite(suite: Suite): void {
  const copy = suite.check("a copy of the sources passes its tests", [], () => {
    const folder = workingCopy(suite);
    symlinkSync(NODE_MODULES, join(folder, "node_modules"));
    const { passed, output } = jestIn(folder, ...new Set(mutants.map((mutant) => mutant.tests)));
    if (!passed) throw new Error(output);
    return folder;
  });
  for (const mutant of mutants) {
    suite.check(`noticed without: ${mutant.name}`, [copy], ([folder]) => mustBeNoticed(folder, mutant));
  }
}

function mustBeNoticed(folder: string, mutant: Mutant): void {
  const file = join(folder, mutant.file);
  const text = readFileSync(file, "utf8");
  const places = text.split(mutant.find).length - 1;
  if (places !== 1) throw new Error(`${mutant.file} must hold the text once, found ${places}: ${mutant.find}`);
  writeFileSync(
    file,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    const { passed, output } = jestIn(folder, mutant.tests);
    if (passed) throw new Error(`no test in ${mutant.tests} noticed: write one`);
    if (!/^Tests: .*\bfailed\b/m.test(output)) throw new Error(`no test failed, the run did:\n${output}`);
  } finally {
    writeFileSync(file, text);
  }
}
