import { createHash } from "node:crypto";
import { setTimeout as after } from "node:timers/promises";
import type { AuditEvent, Ledger } from "../../../runtime/audit/audit";
import { readWriter, missingRecord } from "../audit/writer-records";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import { Messages } from "../../../runtime/exchange/messages/messages";
import { Exchange } from "../../../runtime/exchange/exchange";
import { FleetDecider } from "../../../runtime/token/fleet-decider";
import { StartEvidenceVerifier } from "../../../runtime/exchange/start-evidence";
import type { Caller } from "../../../runtime/identity/caller";
import { type KeySource, StaticKeys } from "../../../runtime/jose/key-source";
import type { FleetView } from "../../../runtime/registry/registry";
import { readEpoch } from "../../../runtime/session/epoch";
import { readRun } from "../../../runtime/session/runs";
import type { EpochState } from "../../../runtime/session/stored";
import { KeySet } from "../../../runtime/signer/key-set";
import { State } from "../../../runtime/state/state";
import { MemoryStore } from "../../../runtime/store/memory-store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import type { Form, GrantedRun, TokenAnswer } from "../../../runtime/token/token-answer";
import { TokenReader } from "../../../runtime/token/token-reader";
import { TokenWriter } from "../../../runtime/token/token-writer";
import { NOON } from "../decisions/edit";
import { FaultyStore } from "../faulty-store";
import { exampleFleet } from "./example-fleet";
import { TokenMaker } from "./token-maker";
import { PERSONS } from "../persons";

export const ISSUER = "https://exchange.prod.acme.example";
export const LOGIN = "https://login.acme.example";
/** Declared by tests that need another issuer; its keys are those of the first */
const OTHER_LOGIN = "https://login.other.example";
export const SCHEDULER = "https://scheduler.acme.example";
const WRITER = "test";
/** Short, for tests with a signer that hangs */
const SIGNING_MILLISECONDS = 250;

/** Keys are made once: tests change nothing in them. */
export const MAKERS = {
  login: new TokenMaker("login-1"),
  scheduler: new TokenMaker("scheduler-1"),
  stranger: new TokenMaker("login-1"),
  exchange: new TokenMaker("exchange-1"),
} as const;

const KEYS = new Map([
  [LOGIN, new StaticKeys(MAKERS.login.jwks)],
  [OTHER_LOGIN, new StaticKeys(MAKERS.login.jwks)],
  [SCHEDULER, new StaticKeys(MAKERS.scheduler.jwks)],
]);

/** One for all worlds: each question names its fleet. */
const DECIDER = new FleetDecider(new CedarEngine({ policy: exampleFleet.policy, revision: exampleFleet.revision }));
const BROKEN = new FleetDecider({
  name: "cedar",
  replace: () => undefined,
  decide: () => Promise.reject(new Error("the engine is broken")),
});

export interface WorldChanges {
  readonly jitter?: (most: number) => number;
  /** Issuers of users that tell of ended logins */
  readonly signalling?: ReadonlySet<string>;
}

/** The whole exchange behind its HTTP: real policy, real keys, a store in memory that fails as it is told */
export class IssuanceWorld {
  public now = NOON;
  public readonly store = new FaultyStore(new MemoryStore(() => this.now));
  public readonly ledger: Ledger = new AuditLedger({
    store: this.store,
    persons: PERSONS,
    clock: () => this.now,
    writer: WRITER,
  });
  /** What the exchange was told of its own failures */
  public readonly failures: unknown[] = [];
  public readonly exchange: Exchange;
  public readonly messages: Messages;
  public readonly reader: TokenReader;
  /** What the authorizer asks */
  public readonly callState: State;
  /** Of the registry; throws where there is none */
  public current: () => FleetView;
  /** Of an issuer or starter */
  public keysOf = (issuer: string): KeySource => KEYS.get(issuer) ?? new StaticKeys({ keys: [] });
  /** Signs */
  public write: (claims: AccessTokenClaims) => Promise<string>;
  public engineFails = false;
  /** Milliseconds before the exchange is told where its state is */
  public delay = (): number => 0;
  /** Whether the store could be written to, before it was healed */
  public keepsRecords = true;

  private readonly sound = { before: this.store.before, after: this.store.after, reading: this.store.reading };

  private constructor(fleet: FleetView, keys: KeySet, changes: WorldChanges) {
    this.current = () => fleet;
    this.reader = new TokenReader({ issuer: ISSUER, keys });
    const registry = { current: () => this.current() };
    this.callState = new State({ registry, state: () => this.state(), ledger: this.ledger, clock: () => this.now });
    const shared = {
      registry,
      decider: { decide: (...asked: Parameters<FleetDecider["decide"]>) => this.decider.decide(...asked) },
      state: () => this.state(),
      ledger: this.ledger,
      onFailure: (error: unknown) => void this.failures.push(error),
      clock: () => this.now,
    };
    this.messages = new Messages({ store: this.store, ...shared });
    const writer = new TokenWriter(keys);
    this.write = (claims) => writer.write(claims);
    this.exchange = new Exchange({
      issuer: ISSUER,
      evidence: new StartEvidenceVerifier({
        issuer: ISSUER,
        keysOf: ({ issuer }) => this.keysOf(issuer),
        tokens: this.reader,
        runs: { read: async (run) => (await readRun(await this.state(), run))?.run },
        ...(changes.signalling !== undefined && { signalling: changes.signalling }),
      }),
      tokens: { write: (claims) => this.write(claims) },
      ...shared,
      jitter: changes.jitter ?? (() => 0),
      signingMilliseconds: SIGNING_MILLISECONDS,
    });
  }

  public static async of(fleet: FleetView, changes: WorldChanges = {}): Promise<IssuanceWorld> {
    return new IssuanceWorld(fleet, await KeySet.of([MAKERS.exchange]), changes);
  }

  private get decider(): FleetDecider {
    return this.engineFails ? BROKEN : DECIDER;
  }

  /** The store does again what it should. */
  public heal(): void {
    this.keepsRecords = this.store.before === this.sound.before && this.store.reading === this.sound.reading;
    Object.assign(this.store, this.sound);
  }

  public token(form: Form, caller: Caller): Promise<TokenAnswer> {
    return this.exchange.token(form, caller);
  }

  public begin(form: Form, caller: Caller): Promise<GrantedRun> {
    return this.exchange.begin(form, caller);
  }

  public async state(): Promise<EpochState> {
    const milliseconds = this.delay();
    if (milliseconds > 0) await after(milliseconds);
    const { epoch } = await readEpoch(this.store, [MAKERS.exchange.keyId]);
    return { store: this.store, epoch };
  }

  /** What a token of this exchange says, its signature verified */
  public claims(answer: TokenAnswer): Promise<AccessTokenClaims> {
    return this.reader.read(answer.access_token, this.now);
  }

  /** The audit chain, which must be sound */
  public async records(): Promise<readonly AuditEvent[]> {
    const { records, head } = await readWriter(this.store, WRITER);
    const problem = missingRecord(records, head);
    if (problem !== undefined) throw new Error(problem);
    return records;
  }
}

/** An agent of the fleet on a connection with a certificate of its own */
export function callerOf(fleet: FleetView, agent: string): Caller {
  const spiffeId = fleet.agentNamed(agent)?.spiffeId ?? agent;
  const thumbprint = createHash("sha256").update(spiffeId).digest("base64url");
  return { spiffeId, confirmation: { "x5t#S256": thumbprint }, proof: undefined };
}
