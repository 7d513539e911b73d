import { Bounded } from "../../bounded";
import type { Run } from "../run";
import type { Name } from "./names";

/** Of one run that hands work on */
const MOST_OF_RUN = 1_024;

/**
 * By what a run joins those that it began at delegates: agents know tasks of A2A alone, and what of them their own clients keep.
 */
export class DelegateReferences {
  private readonly ofRun = new WeakMap<Run, Bounded<string>>();

  /** @param reference that an answer carried which tells of these */
  public keep(run: Run, delegate: string, names: readonly Name[], reference: string): void {
    const kept = this.ofRun.get(run) ?? new Bounded<string>(MOST_OF_RUN);
    this.ofRun.set(run, kept);
    for (const name of names) kept.put(`${delegate} ${name}`, reference);
  }

  /**
   * Undefined if none of them is known, or if they belong to several runs: then the delegate refuses those of other
   * runs.
   */
  public of(run: Run, delegate: string, names: readonly Name[]): string | undefined {
    const kept = this.ofRun.get(run);
    const [found, ...others] = new Set(names.flatMap((name) => kept?.of(`${delegate} ${name}`) ?? []));
    return others.length === 0 ? found : undefined;
  }
}
