import type { Start } from "../../domain";
import { Handles } from "./inbound/handles";
import { Problem } from "./problem";
import type { Run } from "./run";

/** More than a pod works on at once, in a few megabytes */
export const MOST_RUNS = 1_000;
/** Runs that begin until those that are over are looked for again: to look at all takes longer than to begin one */
const BETWEEN_LOOKS = 100;

/** The runs that live, the last begun last */
export class RunBook {
  private readonly runs = new Map<string, Run>();
  private readonly handles = new Handles();
  private beginning = 0;
  private sinceLook = 0;

  /**
   * Keep the run that begins, where there is room for it. One that is here already is the same run, which was joined.
   *
   * @throws Problem `companion.too-many-runs`
   */
  public async add<T extends { readonly run: Run }>(begin: () => Promise<T>): Promise<T> {
    this.makeRoom();
    if (this.isFull) {
      throw Problem.of("companion.too-many-runs", `${MOST_RUNS} runs live, and no more are kept`);
    }
    this.beginning += 1;
    try {
      const begun = await begin();
      const known = this.runs.get(begun.run.run);
      if (known === undefined || !known.living) {
        this.runs.set(begun.run.run, begun.run);
        return begun;
      }
      if (!isSame(known, begun.run)) {
        throw Problem.of("companion.no-exchange", "the exchange answered with the id of another run");
      }
      return { ...begun, run: known };
    } finally {
      this.beginning -= 1;
    }
  }

  /** It ends here. */
  public remove(run: Run): void {
    run.end();
    this.handles.drop(run);
    if (this.runs.get(run.run) === run) this.runs.delete(run.run);
  }

  /** All end here. */
  public clear(): void {
    for (const run of this.runs.values()) this.remove(run);
  }

  /** A new name for a run that is served */
  public handle(run: Run): string {
    return this.handles.make(run);
  }

  /**
   * The run that all of these mean: handles, or ids of runs that are not served.
   *
   * @throws Problem `companion.no-run`, `companion.other-run`
   */
  public get(...names: readonly string[]): Run {
    const [run, ...others] = new Set(names.map((name) => this.named(name)));
    if (run === undefined) throw Problem.of("companion.no-run");
    if (others.length > 0) throw Problem.of("companion.other-run");
    return run;
  }

  /** A run that is served here, by its id */
  public served(id: string): Run | undefined {
    const run = this.runs.get(id);
    return run?.served === true && run.living ? run : undefined;
  }

  /** What other sessions were served with ends here. */
  public endServedBut(sid: string): void {
    for (const run of this.allServed()) if (run.sid !== sid) this.remove(run);
  }

  /** The last begun of a task by this start */
  public last(task: string, start: Start): Run | undefined {
    return this.of(task)
      .filter((run) => run.start === start)
      .at(-1);
  }

  /**
   * The run that a task means: all of one session are one. One that is served is never meant: what still works for a caller who is
   * gone would go on as the next one.
   *
   * @throws Problem `companion.no-run`, `companion.no-handle`, `companion.several-runs`
   */
  public only(task: string): Run {
    const all = this.of(task);
    const found = all.filter((run) => !run.served);
    const run = found.at(-1);
    if (run === undefined) {
      if (all.length > 0) throw Problem.of("companion.no-handle");
      throw Problem.of("companion.no-run", `no run of the task ${task} lives here`);
    }
    if (found.some(({ sid }) => sid !== run.sid)) {
      throw Problem.of("companion.several-runs", `runs of several sessions live of the task ${task}`);
    }
    return run;
  }

  private named(name: string): Run {
    const byId = this.runs.get(name);
    const run = this.handles.runOf(name) ?? (byId?.served === true ? undefined : byId);
    if (run === undefined || !run.living) throw Problem.of("companion.no-run");
    return run;
  }

  private allServed(): readonly Run[] {
    return [...this.runs.values()].filter((run) => run.served && run.living);
  }

  /** No event tells that a served run is done: if room is needed, the oldest idle one is dropped. */
  private makeRoom(): void {
    this.sinceLook += 1;
    if (this.sinceLook >= BETWEEN_LOOKS) this.removeOver();
    if (!this.isFull) return;
    for (const run of this.runs.values()) {
      if (run.living && !(run.served && run.resting)) continue;
      return this.remove(run);
    }
  }

  private removeOver(): void {
    this.sinceLook = 0;
    for (const run of this.runs.values()) if (!run.living) this.remove(run);
  }

  private get isFull(): boolean {
    return this.runs.size + this.beginning >= MOST_RUNS;
  }

  private of(task: string): readonly Run[] {
    return [...this.runs.values()].filter((run) => run.task === task && run.living);
  }
}

function isSame(known: Run, answered: Run): boolean {
  return known.served && answered.served && known.task === answered.task && known.sid === answered.sid;
}
