import { randomBytes } from "node:crypto";
import { z } from "zod";
import { LIMITS } from "../../../domain";
import type { Clock } from "../../clock";
import { signalVerificationKey } from "../../store/keys";
import { retryOnConflict } from "../../store/retry-on-conflict";
import { type Item, type StateStore, StoreConflict } from "../../store/store";
import { digestOf, type Stream } from "./stream-status";
import type { RequestVerification } from "./verification-request";

/** Without a word of the transmitter for so long, logins that ended may go on unseen. */
export const SILENT_SECONDS = 300;
/** Number of verification intervals without a proof after which a stream counts as silent, if that is longer */
const PACES = 3;
const STATE_BYTES = 32;
const KEPT_SECONDS = 86_400;
/** Requests that are known again: more than are made within the time of silence */
const MOST_ASKED = 100;
const ATTEMPTS = 5;

const schema = z.strictObject({
  /** What was asked for, the oldest first, with whole seconds since the epoch */
  asked: z.array(z.strictObject({ state: z.string(), at: z.number() })).readonly(),
  /** When the last verification that arrived was requested; null if none has */
  provedAt: z.number().nullable(),
});
type Told = z.infer<typeof schema>;

export interface StreamVerificationProps {
  readonly stream: Stream;
  /** Seconds from one request to the next, by all exchanges together */
  readonly everySeconds: number;
  readonly request: RequestVerification;
  /** @throws Refusal `store.restored`, StoreUnavailable */
  readonly state: () => Promise<{ readonly store: Pick<StateStore, "read" | "write"> }>;
  readonly clock: Clock;
}

/**
 * Asks a transmitter, again and again, for a word that cannot be foreseen: an empty answer to a poll does not tell whether the stream works
 * (OpenID Shared Signals Framework 1.0 section 8.1.4). What was asked for is known to all exchanges: the answer reaches one of them.
 *
 * INVARIANT: an answer proves no more than that the stream worked when it was asked for.
 */
export class StreamVerification {
  constructor(private readonly props: StreamVerificationProps) {}

  /** Seconds without a proof after which a stream counts as silent */
  public get silentSeconds(): number {
    return Math.max(SILENT_SECONDS, PACES * this.props.everySeconds);
  }

  /**
   * Asks, where neither this nor another exchange has asked lately.
   *
   * @throws OutboundFailure, Refusal, StoreUnavailable
   */
  public async askWhereDue(signal: AbortSignal): Promise<"asked" | "not due"> {
    const state = await this.claimed();
    if (state === undefined) return "not due";
    await this.props.request(state, signal);
    return "asked";
  }

  /**
   * Whether this state was requested. If recently, it proves that the stream works. A repeated or late answer proves
   * nothing new.
   *
   * @throws Refusal `store.restored`, StoreUnavailable, StoreConflict
   */
  public async isAnswer(state: string): Promise<boolean> {
    return retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const { item, told, store } = await this.read();
      const asked = told.asked.find((one) => one.state === state);
      if (asked === undefined || !this.isKept(asked)) return false;
      if (!this.isRecent(asked)) return true;
      const provedAt = this.usable(told.provedAt);
      if (provedAt === undefined || provedAt < asked.at) {
        await this.write(store, item, { ...told, provedAt: asked.at });
      }
      return true;
    });
  }

  /**
   * When the latest was asked for that came, whole seconds since the epoch
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  public async provedAt(): Promise<number | undefined> {
    return this.usable((await this.read()).told.provedAt);
  }

  /**
   * Time of the stream's last proof, or else of the oldest known request; undefined if there is neither
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  public async unprovedSince(): Promise<number | undefined> {
    const { asked, provedAt } = (await this.read()).told;
    return this.usable(provedAt) ?? asked.map(({ at }) => at).find((at) => !this.isAhead(at));
  }

  /** The state to ask for; undefined if it is not time */
  private async claimed(): Promise<string | undefined> {
    const { item, told, store } = await this.read();
    const now = this.props.clock();
    const last = told.asked.at(-1);
    // A time far ahead is of a clock that was wrong, and must not keep all exchanges from asking.
    if (last !== undefined && Math.abs(now - last.at) < this.props.everySeconds) return undefined;
    const state = randomBytes(STATE_BYTES).toString("base64url");
    const asked = [...told.asked.filter((one) => this.isKept(one)), { state, at: now }].slice(-MOST_ASKED);
    try {
      await this.write(store, item, { ...told, asked });
      return state;
    } catch (error) {
      // Another exchange asks, or has taken an answer: then this one asks in its next round.
      if (error instanceof StoreConflict) return undefined;
      throw error;
    }
  }

  /** A time far ahead is of a clock that was wrong: it must not keep later proofs from counting. */
  private usable(provedAt: number | null): number | undefined {
    return provedAt === null || this.isAhead(provedAt) ? undefined : provedAt;
  }

  private isAhead(at: number): boolean {
    return at > this.props.clock() + LIMITS.clockSkew.seconds;
  }

  private isKept({ at }: { readonly at: number }): boolean {
    return Math.abs(this.props.clock() - at) < KEPT_SECONDS;
  }

  private isRecent({ at }: { readonly at: number }): boolean {
    return Math.abs(this.props.clock() - at) < this.silentSeconds;
  }

  private async read() {
    const { store } = await this.props.state();
    const [item] = await store.read([this.key]);
    const told: Told = item === undefined ? { asked: [], provedAt: null } : schema.parse(item.value);
    return { item, told, store };
  }

  private async write(store: Pick<StateStore, "write">, item: Item | undefined, { asked, provedAt }: Told) {
    const when = item === undefined ? ("absent" as const) : { version: item.version };
    const value = { asked: asked.map((one) => ({ ...one })), provedAt };
    const expiresAt = this.props.clock() + KEPT_SECONDS;
    await store.write([{ kind: "put", key: this.key, value, expiresAt, when }]);
  }

  private get key() {
    return signalVerificationKey(digestOf(this.props.stream));
  }
}
