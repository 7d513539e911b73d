import { randomBytes } from "node:crypto";
import type { Run } from "../run";

const HANDLE_BYTES = 32;
/** More than requests are under way at once: the oldest of a run is good no more */
export const MOST_HANDLES = 1_024;
/** Of all runs together: some ten megabytes */
const MOST_OF_ALL = 65_536;

/**
 * Handles by which an agent names the run of a request that it serves. They cannot be guessed, and differ from run ids.
 */
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
    if (this.runs.size > MOST_OF_ALL) this.forgetOldest();
    return handle;
  }

  public runOf(handle: string): Run | undefined {
    return this.runs.get(handle);
  }

  private forgetOldest(): void {
    const [oldest] = this.runs;
    if (oldest === undefined) return;
    const [handle, run] = oldest;
    this.runs.delete(handle);
    const made = this.ofRun.get(run);
    if (made?.[0] === handle) made.shift();
  }

  public drop(run: Run): void {
    for (const handle of this.ofRun.get(run) ?? []) this.runs.delete(handle);
    this.ofRun.delete(run);
  }
}
