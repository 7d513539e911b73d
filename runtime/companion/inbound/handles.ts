import { randomBytes } from "node:crypto";
import type { Run } from "../run";

const HANDLE_BYTES = 32;
/** More than requests are under way at once: the oldest of a run is good no more */
export const MOST_HANDLES = 1_024;

/** By what an agent names the run of a request that it serves. Nobody guesses one, and a run's id is none. */
export class Handles {
  private readonly runs = new Map<string, Run>();
  private readonly ofRun = new Map<Run, string[]>();

  /** A new one, good until the run ends */
  public make(run: Run): string {
    const handle = randomBytes(HANDLE_BYTES).toString("base64url");
    const made = this.ofRun.get(run) ?? [];
    made.push(handle);
    this.ofRun.set(run, made);
    this.runs.set(handle, run);
    if (made.length > MOST_HANDLES) this.runs.delete(made.shift() as string);
    return handle;
  }

  public runOf(handle: string): Run | undefined {
    return this.runs.get(handle);
  }

  public drop(run: Run): void {
    for (const handle of this.ofRun.get(run) ?? []) this.runs.delete(handle);
    this.ofRun.delete(run);
  }
}
