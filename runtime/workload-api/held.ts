import type { Clock } from "../clock";
import type { HeldSvid, SvidSource } from "./svid";

type Listener = (svid: HeldSvid | undefined) => void;

/** What every source of SVIDs has in common: the present one, who waits, who listens */
export abstract class HeldSource implements SvidSource {
  private held: HeldSvid | undefined;
  private problem: string | undefined;
  private ended = false;
  private readonly listeners = new Set<Listener>();
  /** Called when waiters should look again */
  private readonly waiting = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  public abstract close(): void;

  public current(): HeldSvid | undefined {
    const { held } = this;
    return held !== undefined && this.clock() < held.expiresAt ? held : undefined;
  }

  public ready(deadlineMs: number): Promise<HeldSvid> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => settle(new Error(`no SVID within ${deadlineMs} ms: ${this.lastProblem}`)),
        deadlineMs,
      );
      const settle = (outcome: Error | HeldSvid): void => {
        clearTimeout(late);
        this.waiting.delete(look);
        if (outcome instanceof Error) reject(outcome);
        else resolve(outcome);
      };
      const look = (): void => {
        const svid = this.current();
        if (svid !== undefined) settle(svid);
        else if (this.ended) settle(new Error(`no SVID will come: ${this.lastProblem}`));
      };
      this.waiting.add(look);
      look();
    });
  }

  public onChange(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  public get lastProblem(): string {
    if (this.problem !== undefined) return this.problem;
    if (this.held === undefined) return "nothing was heard yet";
    return `the last one ended at ${new Date(this.held.expiresAt * 1000).toISOString()}, and no newer one was heard`;
  }

  protected take(svid: HeldSvid): void {
    const same = svid.thumbprint === this.held?.thumbprint && svid.ca === this.held.ca;
    this.held = svid;
    this.problem = undefined;
    if (!same) this.tell();
  }

  /** @param forget the identity was taken away, and is not only unknown */
  protected fail(problem: string, forget = false): void {
    this.problem = problem;
    if (forget && this.held !== undefined) {
      this.held = undefined;
      this.tell();
    }
  }

  protected end(): void {
    this.ended = true;
    for (const look of [...this.waiting]) look();
  }

  private tell(): void {
    for (const look of [...this.waiting]) look();
    for (const listener of [...this.listeners]) listener(this.held);
  }
}
