import { hash } from "node:crypto";
import type { User } from "../../../domain";
import type { Act, Ledger } from "../../audit/audit";
import { Bounded } from "../../bounded";
import type { Clock } from "../../clock";
import { type Log, told } from "../../log";
import type { KeysOf } from "../../outside/outside-token";
import { Refusal } from "../../refusal/refusal";
import type { Registry } from "../../registry/registry";
import { endLogins, ENDED_LOGINS_SECONDS } from "../../session/ended-logins";
import { endedLoginsKey, onceKey } from "../../store/keys";
import { retryOnConflict } from "../../store/retry-on-conflict";
import type { Item, Key, StateStore, Write } from "../../store/store";
import { userDigest } from "../../store/user-digest";
import { MOST_EVENTS } from "./most-events";
import { readSecurityEvent, type SecurityEvent } from "./security-event";
import { type SetError, SetRefused } from "./set-refused";
import { ENABLED, isStreamEnabled, noteStream } from "./stream-status";
import type { StreamVerification } from "./verification";

export interface SignalReceiverProps {
  /** Claim `iss`, of an issuer of users */
  readonly issuer: string;
  /** Claim `aud` */
  readonly audience: string;
  readonly registry: Registry;
  readonly keysOf: KeysOf;
  /** @throws Refusal `store.restored`, StoreUnavailable */
  readonly state: () => Promise<{ readonly store: Pick<StateStore, "read" | "write"> }>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined if the exchange requests no verification: then it requested none of the states */
  readonly verification?: Pick<StreamVerification, "isAnswer"> | undefined;
}

/** Answer to the transmitter in the next poll (RFC 8936 section 2.2): it sends the remaining events again. */
export interface Taken {
  readonly ack: readonly string[];
  readonly setErrs: Readonly<Record<string, { readonly err: SetError; readonly description: string }>>;
}

type LoginsEnded = Extract<SecurityEvent, { readonly kind: "logins-ended" }>;
type Verification = Extract<SecurityEvent, { readonly kind: "verification" }>;

interface Found {
  /** Whole seconds since the epoch */
  readonly now: number;
  /** Names the event */
  readonly digest: string;
  readonly items: readonly (Item | undefined)[];
}

const ATTEMPTS = 5;
/**
 * Seconds for which an unverifiable signature, or a token issued in the future, is not yet an error: the issuer's new
 * key may not have been fetched, and clocks differ. After that, everything that the event could end has expired.
 */
const WAITING_SECONDS = ENDED_LOGINS_SECONDS;
/** Of one poll, so that there is room for others beside them */
const MOST_WAITING = MOST_EVENTS / 2;
/** More than one poll brings */
const MOST_KNOWN = 1_000;

/**
 * Takes the security events of one issuer of users.
 *
 * INVARIANT: an event is acknowledged only once what follows from it is written, or was.
 */
export class SignalReceiver {
  /** From when on tokens may pass later, by name */
  private readonly waiting = new Bounded<number>(MOST_KNOWN);

  constructor(private readonly props: SignalReceiverProps) {}

  /**
   * @param sets security event tokens by their `jti`
   * @throws StoreUnavailable, StoreConflict, RegistryUnavailable; Refusal: then none of them is acknowledged
   */
  public async received(sets: ReadonlyMap<string, string>): Promise<Taken> {
    const ack: string[] = [];
    const refused: (readonly [name: string, error: SetRefused])[] = [];
    for (const [name, token] of sets) {
      try {
        await this.take(token, name);
        this.waiting.drop(name);
        ack.push(name);
      } catch (error) {
        if (!(error instanceof SetRefused)) throw error;
        refused.push([name, error]);
      }
    }
    return { ack, setErrs: this.errorsOf(refused) };
  }

  /**
   * A pushed token (RFC 8935)
   *
   * @returns whether it was accepted; false if it may be accepted later
   * @throws SetRefused; StoreUnavailable, StoreConflict, RegistryUnavailable, Refusal: then it is not answered
   */
  public async pushed(token: string): Promise<boolean> {
    const name = hash("sha256", token, "base64url");
    try {
      await this.take(token);
      this.waiting.drop(name);
      return true;
    } catch (error) {
      if (!(error instanceof SetRefused)) throw error;
      if (this.waits(name, error)) return false;
      this.waiting.drop(name);
      this.tell("signals.refused", { code: error.code, because: told(error) });
      throw error;
    }
  }

  /**
   * Whether the transmitter sends what happens, as far as it has told
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  public async isEnabled(): Promise<boolean> {
    return isStreamEnabled((await this.props.state()).store, this.props, this.props.clock());
  }

  private async note(status: string, at: number): Promise<void> {
    await noteStream((await this.props.state()).store, this.props, { status, at }, this.props.clock());
  }

  /** @param name by which it was delivered, where it has one */
  private async take(token: string, name?: string): Promise<void> {
    const event = await this.read(token);
    if (name !== undefined && event.jti !== name)
      throw new SetRefused("invalid_request", "jti must be the name that it was delivered by");
    switch (event.kind) {
      case "logins-ended":
        return this.end(event);
      case "stream":
        await this.note(event.status, event.at);
        return this.tell("signals.stream", { status: event.status, reason: event.reason ?? null });
      case "verification":
        return this.verify(event);
      case "other":
        return this.tell("signals.ignored", { type: event.type });
    }
  }

  /** One without a state was not asked for: the transmitter sends it by itself. */
  private async verify({ jti, state, at }: Verification): Promise<void> {
    if (state === undefined) {
      await this.note(ENABLED, at);
      return this.tell("signals.verified", { asked: false });
    }
    // A stream that is paused answers too, and is as paused as before.
    if (await this.props.verification?.isAnswer(state)) return this.tell("signals.verified", { asked: true });
    await this.recordUnasked(jti);
    throw new SetRefused("invalid_state", "state must be one that this receiver has asked for lately");
  }

  /** It comes again where the transmitter does not hear that it was refused. */
  private async recordUnasked(jti: string): Promise<void> {
    const { issuer } = this.props;
    await this.once(jti, [], ({ now, digest }) => ({
      writes: [],
      event: { kind: "signals.refused", time: now, facts: { issuer, code: "invalid_state", event: digest } },
    }));
  }

  /**
   * Write what follows from an event, unless that is written: by another replica, or before an answer that did not reach the transmitter.
   *
   * @param keys of items that it depends on
   * @returns whether it was written now
   */
  private async once(jti: string, keys: readonly Key[], actOf: (found: Found) => Act): Promise<boolean> {
    const { issuer, state, ledger, clock } = this.props;
    const digest = hash("sha256", JSON.stringify([issuer, jti]), "base64url");
    const key = onceKey("signal", digest);
    return retryOnConflict({ attempts: ATTEMPTS }, async () => {
      const { store } = await state();
      const now = clock();
      const [seen, ...items] = await store.read([key, ...keys]);
      if (seen !== undefined) return false;
      const { writes, ...act } = actOf({ now, digest, items });
      const expiresAt = now + ENDED_LOGINS_SECONDS;
      const put: Write = { kind: "put", key, value: { at: now }, expiresAt, when: "absent" };
      await ledger.commit({ ...act, writes: [put, ...writes] });
      return true;
    });
  }

  private async read(token: string): Promise<SecurityEvent> {
    const { issuer: name, audience, registry, keysOf, clock } = this.props;
    const issuer = registry.current().issuers.find((one) => one.issuer === name);
    if (issuer === undefined) throw Refusal.of("evidence.issuer-unknown", "the registry names no such issuer of users");
    return readSecurityEvent(token, { issuer, audience, keysOf, now: clock() });
  }

  private async end({ jti, type, subject, before }: LoginsEnded): Promise<void> {
    const { issuer } = this.props;
    const user: User = { issuer, subject };
    const isNew = await this.once(jti, [endedLoginsKey(user)], ({ now, items: [item] }) => ({
      writes: [endLogins(user, item, { before, at: now })],
      event: { kind: "logins.ended", time: now, facts: { issuer, user: userDigest(user), type, before } },
      stops: true,
    }));
    if (isNew) this.tell("signals.ended", { type, before });
  }

  /** Of those that may pass later, so many wait as leave room in a poll: the oldest do no longer. */
  private errorsOf(refused: readonly (readonly [name: string, error: SetRefused])[]): Taken["setErrs"] {
    const waiting = refused
      .filter(([name, error]) => this.waits(name, error))
      .map(([name]) => name)
      .sort((one, other) => (this.waiting.of(one) ?? 0) - (this.waiting.of(other) ?? 0));
    const kept = new Set(waiting.slice(-MOST_WAITING));
    const errors = refused.filter(([name]) => !kept.has(name));
    for (const [name, error] of errors) {
      this.waiting.drop(name);
      this.tell("signals.refused", { code: error.code, because: told(error) });
    }
    return Object.fromEntries(errors.map(([name, { code, message }]) => [name, { err: code, description: message }]));
  }

  private waits(name: string, { mayPass }: SetRefused): boolean {
    if (!mayPass) return false;
    const now = this.props.clock();
    const since = this.waiting.of(name) ?? now;
    this.waiting.put(name, since);
    return now - since < WAITING_SECONDS;
  }

  private tell(event: string, facts: Parameters<Log>[1]): void {
    this.props.log(event, { issuer: this.props.issuer, ...facts });
  }
}
