import { basename } from "node:path";
import type { Killer, Killers } from "./killers";
import type { Mutant } from "./mutant";
import type { Pool } from "./pool";
import type { JobResult } from "./warm-jest";

/** More than any test file notices */
const LIKELY = 10_000;

/** Which test noticed that a rule is gone, or why that cannot be said */
export type Verdict =
  { readonly killer: Killer; readonly problem?: never } | { readonly killer?: never; readonly problem: string };

/** Tries mutants: first the test that is recorded, then every test that the mutant names. */
export class Trial {
  private readonly sound = new Map<string, Promise<string | undefined>>();
  /** Files of rules that are gone, by the test file that noticed */
  private readonly noticed = new Map<string, readonly string[]>();

  constructor(
    private readonly pool: Pool,
    private readonly killers: Killers,
    private readonly testFiles: readonly string[],
  ) {}

  public async verdict(mutant: Mutant): Promise<Verdict> {
    const known = this.killers[mutant.name];
    const byKnown = known && this.testFiles.includes(known.file) ? await this.tryKnown(mutant, known) : undefined;
    if (byKnown !== undefined) return byKnown;
    const files = this.filesOf(mutant);
    if (files.length === 0) return { problem: `no test file matches ${mutant.tests}` };
    for (const file of files) {
      const found = await this.tryOn(mutant, file, undefined);
      if (found?.killer === undefined) {
        if (found !== undefined) return found;
        continue;
      }
      const unsound = await this.soundnessOf(file, [found.killer.test]);
      return unsound === undefined ? found : { problem: unsound };
    }
    return { problem: `no test in ${mutant.tests} noticed: write one` };
  }

  /** All tests of a file that are recorded must pass without any mutant, which takes one run. */
  private async tryKnown(mutant: Mutant, { file, test }: Killer): Promise<Verdict | undefined> {
    const recorded = Object.values(this.killers).filter((killer) => killer.file === file);
    const unsound = await this.soundnessOf(file, [...new Set(recorded.map((killer) => killer.test))]);
    return unsound === undefined ? this.tryOn(mutant, file, [test]) : { problem: unsound };
  }

  private async tryOn(
    mutant: Mutant,
    file: string,
    tests: readonly string[] | undefined,
  ): Promise<Verdict | undefined> {
    const { failed, broke } = await this.pool.run({ mutant: mutant.name, file, tests });
    if (broke !== undefined) return { problem: `no test of ${file} failed, the run broke off: ${broke}` };
    const telling = failed.find(({ timedOut }) => !timedOut);
    if (telling !== undefined) {
      this.noticed.set(file, [...(this.noticed.get(file) ?? []), mutant.file]);
      return { killer: { file, test: telling.name } };
    }
    const [slow] = failed;
    return slow && { problem: `"${slow.name}" of ${file} waited until its time was over, which shows nothing` };
  }

  private soundnessOf(file: string, tests: readonly string[]): Promise<string | undefined> {
    const key = JSON.stringify([file, tests]);
    const known = this.sound.get(key) ?? this.pool.run({ file, tests }).then((result) => unsoundness(file, result));
    this.sound.set(key, known);
    return known;
  }

  /** Those first that noticed something else of the same file, or are called like it, then those that noticed most. */
  private filesOf({ file, tests }: Mutant): readonly string[] {
    const pattern = new RegExp(tests);
    const stem = basename(file, ".ts");
    const rank = (path: string): number => {
      const noticed = this.noticed.get(path) ?? [];
      const isLikely = noticed.includes(file) || basename(path).startsWith(stem);
      return (isLikely ? LIKELY : 0) + noticed.length;
    };
    return this.testFiles.filter((path) => pattern.test(path)).sort((one, other) => rank(other) - rank(one));
  }
}

function unsoundness(file: string, { failed, broke }: JobResult): string | undefined {
  if (broke !== undefined) return `${file} breaks off without any mutant: ${broke}`;
  const [first] = failed;
  if (first !== undefined) return `"${first.name}" of ${file} fails without any mutant`;
  return undefined;
}
