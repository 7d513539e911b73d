import type { IncomingMessage, ServerResponse } from "node:http";

/** Parts of an answer as they come, held back by whoever takes them; what is not taken waits at the agent. */
export class Parts {
  private ended = false;
  private problem: Error | undefined;
  private wake: () => void = () => undefined;

  constructor(
    private readonly response: IncomingMessage,
    private readonly outgoing: ServerResponse,
  ) {
    response.on("readable", () => this.wake());
    response.on("end", () => {
      this.ended = true;
      this.wake();
    });
    response.on("error", (error) => this.fail(error));
    response.on("close", () => this.ended || this.fail(new Error("the answer broke off")));
    outgoing.on("drain", () => this.wake());
    outgoing.on("close", () => this.fail(new Error("nobody takes the answer any more")));
  }

  /** All that has come since, as far as it can be sent on; undefined where nothing has */
  public take(): Buffer | undefined {
    if (this.outgoing.writableNeedDrain) return undefined;
    return (this.response.read() as Buffer | null) ?? undefined;
  }

  /** Whether all of it was taken, and sent on */
  public get over(): boolean {
    return this.ended && !this.outgoing.writableNeedDrain;
  }

  /**
   * Wait until there may be more to take.
   *
   * @returns whether it was silent all the time
   * @throws Error where the answer broke off
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

  private fail(error: Error): void {
    this.problem ??= error;
    this.wake();
  }
}
