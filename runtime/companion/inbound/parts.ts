import type { IncomingMessage, OutgoingMessage } from "node:http";

/** Parts of an answer, or a request, as they come, held back by their reader; what is not taken waits where it comes from. */
export class Parts {
  private ended: boolean;
  private problem: Error | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly incoming: IncomingMessage,
    private readonly outgoing: OutgoingMessage,
  ) {
    this.ended = incoming.readableEnded;
    incoming.on("readable", this.more);
    incoming.on("end", () => {
      this.ended = true;
      this.wake();
    });
    incoming.on("error", (error) => this.fail(error));
    incoming.on("close", () => this.ended || this.fail(new Error("it broke off")));
    outgoing.on("drain", this.more);
    outgoing.on("close", () => this.fail(new Error("the client has disconnected")));
  }

  /** All data since the last call that can be sent on; undefined if there is none */
  public take(): Buffer | undefined {
    if (this.outgoing.writableNeedDrain) return undefined;
    return (this.incoming.read() as Buffer | null) ?? undefined;
  }

  /** Stop reading: the rest is discarded. */
  public leave(): void {
    this.incoming.off("readable", this.more);
  }

  /** Whether all of it was taken, and sent on */
  public get over(): boolean {
    return this.ended && !this.outgoing.writableNeedDrain;
  }

  /**
   * Wait until there may be more to take.
   *
   * @returns whether it was silent all the time
   * @throws Error if either side broke off
   */
  public async news(milliseconds: number): Promise<boolean> {
    let silent = false;
    if (this.problem === undefined) {
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => {
          silent = true;
          resolve();
        }, milliseconds);
        this.wake = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
    if (this.problem !== undefined) throw this.problem;
    return silent;
  }

  private readonly more = (): void => this.wake();

  private fail(error: Error): void {
    this.problem ??= error;
    this.wake();
  }
}
