import type { Suite } from "../harness/suite";
import { readKillers } from "./killers";
import { inLanes } from "./lanes";
import { readMutants } from "./mutant";
import { Pool } from "./pool";
import { shareOf } from "./share";
import { testFiles } from "./test-files";
import { Trial } from "./trial";

/** Takes one security rule out at a time: some test must notice. */
export function mutantsSuite(suite: Suite): void {
  const [all, killers] = [readMutants(), readKillers()];
  const mutants = shareOf(all);
  const pool = new Pool();
  const trial = new Trial(pool, killers, testFiles());
  const started = suite.check("one process per core, with all mutants in the sources", [], (_, note) => {
    if (mutants.length < all.length) note(`${mutants.length} of ${all.length} mutants, drawn by the commit`);
    suite.afterwards(() => pool.stop());
    return inLanes(pool.lanes, mutants, (mutant) => trial.verdict(mutant));
  });
  for (const mutant of mutants) {
    suite.check(`noticed without: ${mutant.name}`, [started], async ([verdicts], note) => {
      const verdict = await verdicts.get(mutant);
      if (verdict?.problem !== undefined) throw new Error(verdict.problem);
      const known = killers[mutant.name];
      const { file, test } = verdict?.killer ?? {};
      if (known?.file !== file || known?.test !== test)
        note(`by "${test}" of ${file}, which is not recorded: npm run mutants -- --record "${mutant.name}"`);
    });
  }
}
