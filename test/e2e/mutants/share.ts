import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import { wholeNumber } from "../../support/whole-number";
import { type Mutant, ROOT } from "./mutant";

/**
 * One of `AMBIT_MUTANTS_SHARE` parts of the mutants: which one follows from the commit, so that the same commit gets the
 * same answer, and commits that follow each other try others.
 *
 * @param commit whose part it is, where there are several
 * @throws Error where the share is no whole number from 1 to 10
 */
export function shareOf(
  mutants: readonly Mutant[],
  given = process.env.AMBIT_MUTANTS_SHARE,
  commit: () => string = head,
): readonly Mutant[] {
  const parts = wholeNumber("AMBIT_MUTANTS_SHARE", { otherwise: 1, most: 10 }, given);
  if (parts === 1) return mutants;
  const drawnBy = commit();
  return mutants.filter(({ name }) => hash("sha256", `${drawnBy} ${name}`, "buffer").readUInt32BE() % parts === 0);
}

function head(): string {
  return execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
}
