import type { Log } from "../log";

export type Signal = "metrics" | "traces";

/** Between two lines of the log */
const MILLISECONDS = 60_000;

/** Counts what could not be sent, and says so once a minute. */
export class Dropped {
  private readonly waiting = new Map<Signal, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly count: (signal: Signal, by: number) => void,
  ) {}

  public add(signal: Signal, by: number): void {
    if (by <= 0) return;
    this.count(signal, by);
    this.waiting.set(signal, (this.waiting.get(signal) ?? 0) + by);
    this.timer ??= setTimeout(() => this.tell(), MILLISECONDS).unref();
  }

  public close(): void {
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (const [signal, count] of this.waiting) this.log("telemetry.dropped", { signal, count });
    this.waiting.clear();
  }
}
