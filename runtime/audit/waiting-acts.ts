import { batchLength, type PendingAct } from "./batch";

/** Acts that wait to be written: those that write to the same key one after the other, in the order in which they came. */
export class WaitingActs {
  /** Acts that share no key with an earlier act. */
  private ready: PendingAct[] = [];
  /** Of each key, the acts that write to it, from the first on */
  private readonly lines = new Map<string, PendingAct[]>();
  /** In how many lines an act is not the first */
  private readonly behind = new Map<PendingAct, number>();

  public get size(): number {
    return this.ready.length + this.behind.size;
  }

  public add(act: PendingAct): void {
    let lines = 0;
    for (const key of act.keys) {
      const line = this.lines.get(key);
      if (line === undefined) this.lines.set(key, [act]);
      else {
        line.push(act);
        lines += 1;
      }
    }
    if (lines === 0) this.ready.push(act);
    else this.behind.set(act, lines);
  }

  /** As many as fit one transaction, no two with the same key. The caller must end each. */
  public take(): readonly PendingAct[] {
    return this.ready.splice(0, batchLength(this.ready));
  }

  /** Let those behind it go on. */
  public end(act: PendingAct): void {
    for (const key of act.keys) {
      const line = this.lines.get(key);
      // All may have been given up meanwhile.
      if (line?.[0] !== act) continue;
      line.shift();
      const [next] = line;
      if (next === undefined) this.lines.delete(key);
      else this.stepUp(next);
    }
  }

  /** Give up all that were not taken. */
  public giveUp(): readonly PendingAct[] {
    const all = [...this.ready, ...this.behind.keys()];
    this.ready = [];
    this.behind.clear();
    this.lines.clear();
    return all;
  }

  private stepUp(act: PendingAct): void {
    const lines = (this.behind.get(act) as number) - 1;
    if (lines > 0) {
      this.behind.set(act, lines);
      return;
    }
    this.behind.delete(act);
    this.ready.push(act);
  }
}
