import type { Clock } from "../clock";
import { Problem } from "./problem";

/** Something that is good for a while; both in whole seconds since the epoch */
export interface Perishable {
  readonly expiresAt: number;
  /** From when on a newer one is fetched, while this one is still given */
  readonly refreshAt: number;
}

export interface RenewedOptions<T extends Perishable> {
  readonly fetch: () => Promise<T>;
  readonly clock: Clock;
  /** Seconds that what is given must still be good for */
  readonly leastSeconds: number;
  /**
   * Whether what is held may be given, besides its expiry.
   *
   * @default - it may
   */
  readonly usable?: (value: T) => boolean;
}

/** Seconds for which a refusal is repeated without asking, and prefetching pauses after a failure */
export const QUIET_SECONDS = 5;

/** One value, fetched on demand, once for concurrent callers, and renewed before it expires while it is in use. */
export class Renewed<T extends Perishable> {
  private value: T | undefined;
  private flight: Promise<T> | undefined;
  private refusal: Problem | undefined;
  private quietUntil = 0;

  constructor(private readonly options: RenewedOptions<T>) {}

  /** @throws Problem */
  public async get(): Promise<T> {
    const { clock, leastSeconds, usable = () => true } = this.options;
    const now = clock();
    const { value } = this;
    if (value !== undefined && now < value.expiresAt - leastSeconds && usable(value)) {
      // Where it fails, what is held is good until it expires; a refusal has taken it away by then.
      if (now >= value.refreshAt && now >= this.quietUntil) void this.fetched().catch(() => undefined);
      return value;
    }
    if (this.refusal !== undefined && now < this.quietUntil) throw this.refusal;
    return this.fetched();
  }

  /** Hold what came another way. */
  public put(value: T): void {
    this.value = value;
  }

  /** @param value drop only if this is the current one */
  public drop(value: T | undefined = this.value): void {
    if (value === this.value) this.value = undefined;
  }

  private fetched(): Promise<T> {
    this.flight ??= this.fetch().finally(() => (this.flight = undefined));
    return this.flight;
  }

  private async fetch(): Promise<T> {
    try {
      const value = await this.options.fetch();
      this.value = value;
      this.refusal = undefined;
      return value;
    } catch (error) {
      const refused = error instanceof Problem && error.final;
      this.quietUntil = this.options.clock() + QUIET_SECONDS;
      this.refusal = refused ? error : undefined;
      // The exchange knows more than what is held.
      if (refused) this.value = undefined;
      throw error;
    }
  }
}
