import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import { type Log, told } from "../../log";
import type { Taken } from "./receiver";
import { SILENT_SECONDS, type StreamVerification } from "./verification";

/** Security event tokens of one answer, by their `jti` */
export interface Polled {
  readonly sets: ReadonlyMap<string, string>;
  /** Names of what is no token */
  readonly odd: readonly string[];
}

const NO_TOKEN = { err: "invalid_request", description: "it must be a security event token, as a text" } as const;

/**
 * Tells what was taken, and fetches what there is.
 *
 * @throws where the transmitter does not answer as RFC 8936 section 2.4 says
 */
export type Poll = (taken: Taken, signal: AbortSignal) => Promise<Polled>;

interface Counts {
  readonly taken: number;
  readonly errors: number;
}

interface Silence {
  /** When something was heard last; of `performance.now`, as the other */
  readonly from: number;
  /** Whether its beginning is on record */
  isRecorded: boolean;
  /** When something was heard again */
  until?: number;
}

export interface SignalPollingProps {
  readonly issuer: string;
  readonly poll: Poll;
  readonly receiver: { received(sets: Polled["sets"]): Promise<Taken>; isEnabled(): Promise<boolean> };
  readonly log: Log;
  /** Has a record of each silence, from when to when: ended logins may have gone on in it */
  readonly ledger: Ledger;
  readonly clock: Clock;
  /**
   * Proves that the stream works.
   *
   * @default - a poll that is answered counts as proof
   */
  readonly verification?:
    Pick<StreamVerification, "askWhereDue" | "provedAt" | "unprovedSince" | "silentSeconds"> | undefined;
  /**
   * Milliseconds from any beginning, that never go back.
   *
   * @default - performance.now
   */
  readonly elapsed?: (() => number) | undefined;
}

/** In milliseconds */
export const POLL_TIMES = {
  /** From one round to the next */
  pause: 5_000,
  /** For one request */
  request: 10_000,
  /** A transmitter that was not heard for so long is silent, where it is not asked for verifications */
  silent: SILENT_SECONDS * 1_000,
  /** From one word of a silence to the next: an alarm must see it for as long as it lasts. */
  again: 300_000,
  /** From the beginning, for the first answer: what other processes left unproved is silent only then. */
  first: 60_000,
} as const;
/** Requests of one round: what is left is fetched in the next. */
const MOST_REQUESTS = 20;

const NOTHING: Taken = { ack: [], setErrs: {} };
const NOTHING_TAKEN = "nothing that came could be taken";
const UNPROVED = "no verification that was asked for has come";

/**
 * Fetches the security events of one transmitter, again and again. Every exchange does so for itself: what was written by one is
 * acknowledged by all, and written once.
 */
export class SignalPolling {
  private taken = NOTHING;
  private readonly beganAt: number;
  private heardAt: number;
  private hasLookedBack = false;
  private toldAt: number | undefined;
  private failure = "";
  /** Why the transmitter could not be asked for a verification the last time */
  private notAsked: string | undefined;
  private provedAt: number | undefined;
  /** The one whose end is not on record */
  private silence: Silence | undefined;
  private timer: NodeJS.Timeout | undefined;
  private under: Promise<void> = Promise.resolve();
  private readonly over = new AbortController();

  constructor(private readonly props: SignalPollingProps) {
    this.beganAt = this.now;
    this.heardAt = this.beganAt;
  }

  public start(): void {
    this.under = this.round().then(() => {
      if (!this.over.signal.aborted) this.timer = setTimeout(() => this.start(), POLL_TIMES.pause).unref();
    });
  }

  /** Whether it was not heard for so long that ended logins may go on unseen */
  public get isSilent(): boolean {
    const now = this.now;
    return now - this.heardAt >= this.silentAfter && now - this.beganAt >= POLL_TIMES.first;
  }

  public async close(): Promise<void> {
    this.over.abort();
    clearTimeout(this.timer);
    await this.under;
  }

  /** All that there is now. Never rejects. */
  public async round(): Promise<void> {
    await this.ask();
    try {
      const failure = await this.problem(await this.fetched());
      if (failure === undefined) await this.heard();
      else this.failed(failure);
    } catch (error) {
      this.failed(told(error));
    }
    await this.tellSilence();
  }

  /** What is there is fetched all the same where this fails. */
  private async ask(): Promise<void> {
    try {
      await this.lookBack();
      const signal = AbortSignal.any([this.over.signal, AbortSignal.timeout(POLL_TIMES.request)]);
      if ((await this.props.verification?.askWhereDue(signal)) === "asked") this.notAsked = undefined;
    } catch (error) {
      this.notAsked = told(error);
    }
  }

  /** A silence does not begin anew with a process that does. */
  private async lookBack(): Promise<void> {
    const { verification } = this.props;
    if (verification === undefined || this.hasLookedBack) return;
    const at = await verification.unprovedSince();
    this.hasLookedBack = true;
    if (at !== undefined) this.heardAt = Math.min(this.heardAt, this.now - this.millisecondsSince(at));
  }

  /** Why the transmitter is not heard, where it is not */
  private async problem({ taken, errors }: Counts): Promise<string | undefined> {
    const isNothing = errors > 0 && taken === 0;
    if (isNothing && this.props.verification === undefined) return NOTHING_TAKEN;
    if (!(await this.props.receiver.isEnabled())) return "the transmitter has paused or disabled the stream";
    // Proofs that other exchanges received count too, even if this one got only unknown states.
    await this.noteProof();
    if (isNothing) return NOTHING_TAKEN;
    return this.notAsked ?? (this.isSilent ? UNPROVED : undefined);
  }

  private async noteProof(): Promise<void> {
    const { verification } = this.props;
    if (verification === undefined) {
      this.heardAt = this.now;
      return;
    }
    const at = await verification.provedAt();
    if (at === undefined || at === this.provedAt) return;
    this.provedAt = at;
    this.notAsked = undefined;
    this.heardAt = Math.max(this.heardAt, this.now - this.millisecondsSince(at));
  }

  /** @param at whole seconds since the epoch */
  private millisecondsSince(at: number): number {
    return Math.max(0, this.props.clock() - at) * 1_000;
  }

  private async fetched(): Promise<Counts> {
    const counts = { taken: 0, errors: 0 };
    for (let request = 0; request < MOST_REQUESTS; request += 1) {
      const signal = AbortSignal.any([this.over.signal, AbortSignal.timeout(POLL_TIMES.request)]);
      const { sets, odd } = await this.props.poll(this.taken, signal);
      this.taken = NOTHING;
      if (sets.size === 0 && odd.length === 0) return counts;
      const { ack, setErrs } = await this.props.receiver.received(sets);
      this.taken = { ack, setErrs: { ...setErrs, ...Object.fromEntries(odd.map((name) => [name, NO_TOKEN])) } };
      // All of them wait for a key: asked at once, they would come again.
      const errors = Object.keys(this.taken.setErrs).length;
      if (this.taken.ack.length === 0 && errors === 0) return counts;
      counts.taken += this.taken.ack.length;
      counts.errors += errors;
    }
    return counts;
  }

  private async heard(): Promise<void> {
    const { issuer, log } = this.props;
    if (this.failure !== "") log("signals.heard", { issuer });
    if (this.silence !== undefined) {
      this.silence.until ??= this.heardAt;
      if ((await this.begun(this.silence)) && (await this.recorded("signals.heard", this.silence)))
        this.silence = undefined;
    }
    this.failure = "";
    this.toldAt = undefined;
  }

  private failed(because: string): void {
    if (this.over.signal.aborted) return;
    if (because !== this.failure) this.props.log("signals.failed", { issuer: this.props.issuer, because });
    this.failure = because;
  }

  /** Once, and again for as long as it lasts */
  private async tellSilence(): Promise<void> {
    if (!this.isSilent || (this.toldAt !== undefined && this.now - this.toldAt < POLL_TIMES.again)) return;
    this.toldAt = this.now;
    const seconds = this.secondsSince(this.heardAt);
    this.props.log("signals.silent", { issuer: this.props.issuer, seconds, because: this.failure });
    this.silence ??= { from: this.heardAt, isRecorded: false };
    // One that begins before the end of the last is on record is the same.
    delete this.silence.until;
    await this.begun(this.silence);
  }

  /** Whether the record has its beginning */
  private async begun(silence: Silence): Promise<boolean> {
    silence.isRecorded ||= await this.recorded("signals.silent", silence);
    return silence.isRecorded;
  }

  /** Whether the record has it; where not, it is tried again with the next word. Never rejects. */
  private async recorded(
    kind: "signals.heard" | "signals.silent",
    { from, until = this.now }: Silence,
  ): Promise<boolean> {
    const { issuer, ledger, clock, log } = this.props;
    const time = clock();
    const facts = { issuer, since: time - this.secondsSince(from), seconds: Math.floor((until - from) / 1_000) };
    try {
      await ledger.commit({ writes: [], event: { kind, time, facts } });
      return true;
    } catch (error) {
      log("signals.unrecorded", { issuer, kind, because: told(error) });
      return false;
    }
  }

  private secondsSince(from: number): number {
    return Math.floor((this.now - from) / 1_000);
  }

  private get silentAfter(): number {
    const { verification } = this.props;
    return verification === undefined ? POLL_TIMES.silent : verification.silentSeconds * 1_000;
  }

  private get now(): number {
    const { elapsed = () => performance.now() } = this.props;
    return elapsed();
  }
}
