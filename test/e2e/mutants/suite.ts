import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
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

/** How many are tried at once, each in a copy of its own */
const AT_ONCE = 2;

/** Takes one security rule out at a time: some test must notice. */
export function mutantsSuite(suite: Suite): void {
  const copies = suite.check("a copy of the sources passes its tests", [], async () => {
    const folders = Array.from({ length: AT_ONCE }, () => workingCopy(suite));
    for (const folder of folders) symlinkSync(NODE_MODULES, join(folder, "node_modules"));
    const [first = ""] = folders;
    const { passed, output } = await jestIn(first, [...new Set(mutants.map((mutant) => mutant.tests))]);
    if (!passed) throw new Error(output);
    return folders;
  });
  const stop = new AbortController();
  let tried: ReadonlyMap<Mutant, Promise<Error | undefined>> | undefined;
  for (const mutant of mutants) {
    suite.check(`noticed without: ${mutant.name}`, [copies], async ([folders]) => {
      if (tried === undefined) {
        suite.afterwards(() => stop.abort());
        tried = tryAll(folders, stop.signal);
      }
      const problem = await tried.get(mutant);
      if (problem !== undefined) throw problem;
    });
  }
}

/** What is wrong with each, if anything, in their order */
function tryAll(folders: readonly string[], signal: AbortSignal): ReadonlyMap<Mutant, Promise<Error | undefined>> {
  const answers = new Map<Mutant, (problem: Error | undefined) => void>();
  const tried = new Map(
    mutants.map((mutant) => [mutant, new Promise<Error | undefined>((answer) => answers.set(mutant, answer))]),
  );
  const left = [...mutants];
  const inTurn = async (folder: string): Promise<void> => {
    for (let mutant = left.shift(); mutant !== undefined && !signal.aborted; mutant = left.shift()) {
      answers.get(mutant)?.(await problemOf(folder, mutant, signal));
    }
  };
  for (const folder of folders) void inTurn(folder);
  return tried;
}

async function problemOf(folder: string, mutant: Mutant, signal: AbortSignal): Promise<Error | undefined> {
  const file = join(folder, mutant.file);
  const text = readFileSync(file, "utf8");
  const places = text.split(mutant.find).length - 1;
  if (places !== 1) return new Error(`${mutant.file} must hold the text once, found ${places}: ${mutant.find}`);
  writeFileSync(
    file,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    const { passed, output } = await jestIn(folder, [mutant.tests], signal);
    if (passed) return new Error(`no test in ${mutant.tests} noticed: write one`);
    return /^Tests: .*\bfailed\b/m.test(output) ? undefined : new Error(`no test failed, the run did:\n${output}`);
  } finally {
    if (existsSync(file)) writeFileSync(file, text);
  }
}
