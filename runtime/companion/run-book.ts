import type { Start } from "../../domain";
import { Problem } from "./problem";
import type { Run } from "./run";

/** More than a pod works on at once, in a few megabytes */
export const MOST_RUNS = 1_000;

/** The runs that live, the last begun last */
export class RunBook {
  private readonly runs = new Map<string, Run>();
  private beginning = 0;

  /**
   * Keep the run that begins, where there is room for it.
   *
   * @throws Problem `companion.too-many-runs`
   */
  public async add<T extends { readonly run: Run }>(begin: () => Promise<T>): Promise<T> {
    for (const [id, run] of this.runs) if (!run.living) this.runs.delete(id);
    if (this.runs.size + this.beginning >= MOST_RUNS) {
      throw Problem.of("companion.too-many-runs", `${MOST_RUNS} runs live, and no more are kept`);
    }
    this.beginning += 1;
    try {
      const begun = await begin();
      this.runs.set(begun.run.run, begun.run);
      return begun;
    } finally {
      this.beginning -= 1;
    }
  }

  /** It ends here. */
  public remove(run: Run): void {
    run.end();
    this.runs.delete(run.run);
  }

  /** All end here. */
  public clear(): void {
    for (const run of this.runs.values()) this.remove(run);
  }

  /** @throws Problem `companion.no-run` */
  public get(id: string): Run {
    const run = this.runs.get(id);
    if (run === undefined || !run.living) throw Problem.of("companion.no-run");
    return run;
  }

  /** The last begun of a task by this start */
  public last(task: string, start: Start): Run | undefined {
    return this.of(task)
      .filter((run) => run.start === start)
      .at(-1);
  }

  /**
   * The run that a task means: all of one session are one.
   *
   * @throws Problem `companion.no-run`, `companion.several-runs`
   */
  public only(task: string): Run {
    const found = this.of(task);
    const run = found.at(-1);
    if (run === undefined) throw Problem.of("companion.no-run", `no run of the task ${task} lives here`);
    if (found.some(({ sid }) => sid !== run.sid)) {
      throw Problem.of("companion.several-runs", `runs of several sessions live of the task ${task}`);
    }
    return run;
  }

  private of(task: string): readonly Run[] {
    return [...this.runs.values()].filter((run) => run.task === task && run.living);
  }
}
