import { Bounded } from "../../bounded";
import { Problem } from "../problem";
import type { Name } from "./names";

/** Some megabytes; the oldest is forgotten, and belongs to no run any more */
export const MOST_NAMES = 16_384;

/** Which run each task and context of A2A belongs to: the one in whose answer it was told first. */
export class TasksOfRuns {
  private readonly runs = new Bounded<string>(MOST_NAMES);

  /** @param run its id */
  public tell(run: string, names: readonly Name[]): void {
    for (const name of names) if (this.runs.of(name) === undefined) this.runs.put(name, run);
  }

  /** @throws Problem `companion.other-task`, alike for what is another run's and for what is no run's */
  public check(run: string, names: readonly Name[]): void {
    const other = names.find((name) => this.runs.of(name) !== run);
    if (other !== undefined) throw Problem.of("companion.other-task", `the ${other} is none of the run`);
  }
}
