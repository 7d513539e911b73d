import type { Algorithm } from "./algorithms";
import type { Get } from "./https-get";
import { strictJsonObject } from "./json";
import { type KeySource, KeysUnavailable, StaticKeys } from "./key-source";
import type { VerificationKey } from "./verify";

/** In seconds */
export const KEY_TIMES = {
  /** Keys of this age are still used while new ones are fetched */
  refresh: 240,
  /** Keys of this age are used only where no new ones can be fetched */
  fresh: 300,
  /** Keys of this age are not used: an issuer may have taken them back */
  oldest: 86_400,
  /** Minimum interval of fetches, also for tokens with an unknown key */
  coolDown: 10,
} as const;

export interface RemoteKeysProps {
  /** https address of a JWK set */
  readonly address: string;
  readonly get: Get;
  /**
   * Milliseconds from any beginning, that never go back: keys that were taken back must not grow younger.
   *
   * @default - performance.now
   */
  readonly elapsed?: (() => number) | undefined;
}

interface Fetched {
  readonly keys: StaticKeys;
  readonly at: number;
}

/**
 * Keys that an issuer publishes. They are fetched again when they age, and when a token names one that is not there; where
 * that fails, the old ones go on for a day.
 */
export class RemoteKeys implements KeySource {
  private held: Fetched | undefined;
  private pending: Promise<void> | undefined;
  private triedAt = Number.NEGATIVE_INFINITY;
  private failure: unknown;

  constructor(private readonly props: RemoteKeysProps) {}

  public async keyOf(kid: string, algorithm: Algorithm): Promise<VerificationKey | undefined> {
    const age = this.age;
    const known = this.held?.keys.has(kid) === true;
    if (!known || age >= KEY_TIMES.fresh) await this.refreshed();
    // INVARIANT: refreshed() never rejects.
    else if (age >= KEY_TIMES.refresh) void this.refreshed();
    if (this.held === undefined || this.age >= KEY_TIMES.oldest) {
      throw new KeysUnavailable(`${this.props.address} gave no keys`, { cause: this.failure });
    }
    return this.held.keys.keyOf(kid, algorithm);
  }

  private get age(): number {
    return this.now - (this.held?.at ?? Number.NEGATIVE_INFINITY);
  }

  private get now(): number {
    const { elapsed = () => performance.now() } = this.props;
    return elapsed() / 1_000;
  }

  /** Joins a fetch in progress, and starts none while the last one is recent. */
  private async refreshed(): Promise<void> {
    const { now } = this;
    if (this.pending === undefined && now - this.triedAt >= KEY_TIMES.coolDown) {
      this.triedAt = now;
      this.pending = this.fetched(now).finally(() => (this.pending = undefined));
    }
    await this.pending;
  }

  private async fetched(now: number): Promise<void> {
    try {
      const keys = strictJsonObject(await this.props.get(this.props.address));
      this.held = { keys: new StaticKeys(keys), at: now };
      this.failure = undefined;
    } catch (error) {
      this.failure = error;
    }
  }
}

/** One key source for each address, made when it is first asked for */
export class RemoteKeySources {
  private readonly sources = new Map<string, RemoteKeys>();

  constructor(private readonly props: Omit<RemoteKeysProps, "address">) {}

  /** @param address of the signed registry or the configuration, never of a token */
  public of(address: string): KeySource {
    const source = this.sources.get(address) ?? new RemoteKeys({ ...this.props, address });
    this.sources.set(address, source);
    return source;
  }
}
