import type { Log } from "../../log";
import type { ConnectionRefusal } from "./connections";

/** From one line of the log to the next */
export const TALLY_MILLISECONDS = 10_000;
/** Addresses that a line names */
const MOST_NAMED = 8;

/**
 * Tells the log of connections that were not taken, in `connections.refused`: of the first at once, of the rest in one line every
 * 10 s, with how many there were for each reason and the addresses that had most of them.
 */
export class RefusedConnections {
  private counts = new Map<ConnectionRefusal, number>();
  private addresses = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly log: Log) {}

  public add(why: ConnectionRefusal, address: string): void {
    this.counts.set(why, (this.counts.get(why) ?? 0) + 1);
    // Bounded by the connections of 10 s; a sample of addresses is enough.
    if (this.addresses.has(address) || this.addresses.size < 1_024) {
      this.addresses.set(address, (this.addresses.get(address) ?? 0) + 1);
    }
    if (this.timer === undefined) this.tell();
  }

  /** Tell what was not told yet. */
  public close(): void {
    clearTimeout(this.timer);
    if (this.counts.size > 0) this.line();
  }

  private tell(): void {
    this.timer = undefined;
    if (this.counts.size === 0) return;
    this.line();
    this.timer = setTimeout(() => this.tell(), TALLY_MILLISECONDS).unref();
  }

  private line(): void {
    const most = [...this.addresses].sort(([, a], [, b]) => b - a).slice(0, MOST_NAMED);
    this.log("connections.refused", { ...Object.fromEntries(this.counts), addresses: Object.fromEntries(most) });
    this.counts = new Map();
    this.addresses = new Map();
  }
}
