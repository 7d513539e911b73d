import { readApproval, spendApprovalWrite } from "../../../runtime/approval/approvals";
import { decide } from "../../../runtime/approval/decide";
import type { Caller } from "../../../runtime/identity/caller";
import { KeysUnavailable } from "../../../runtime/jose/key-source";
import { Refusal } from "../../../runtime/refusal/refusal";
import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import { type FleetView, RegistryUnavailable } from "../../../runtime/registry/registry";
import { bumpEpoch } from "../../../runtime/session/epoch";
import { raise } from "../../../runtime/session/raise";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { Raise } from "../../../runtime/session/session-state";
import type { StoredSession } from "../../../runtime/session/stored";
import { readSessions } from "../../../runtime/session/stored-sessions";
import { SignerError } from "../../../runtime/signer/signer";
import { seenKey } from "../../../runtime/store/keys";
import { StoreConflict, StoreUnavailable } from "../../../runtime/store/store";
import { userDigest } from "../../../runtime/store/user-digest";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import type { Form, RunAnswer, TokenAnswer } from "../../../runtime/token/token-answer";
import { type Edit, edited } from "../decisions/edit";
import { chainDocument, chainFleet } from "./chain-fleet";
import { exampleDocument, exampleFleet } from "./example-fleet";
import { type Ask, type Asking, askOf, beginningOf, type Row, type Step } from "./issuance-case";
import { callerOf, IssuanceWorld, MAKERS, type WorldChanges } from "./issuance-world";

/** What a request came to */
export type Outcome =
  { readonly answer: TokenAnswer; readonly claims: AccessTokenClaims } | { readonly refusal: Refusal };

/** What a run that was to begin, or to be joined, without a token came to */
export type Begun = { readonly begun: RunAnswer; readonly joined: boolean } | { readonly refusal: Refusal };

/** What is played; its outcome is not part of it */
type Played = Omit<Row, "issued" | "refused">;

const FLEETS = {
  chain: { document: chainDocument, view: chainFleet },
  example: { document: exampleDocument, view: exampleFleet },
} as const;

/** What fails from now on */
const FAULTS: Readonly<Record<string, (world: IssuanceWorld) => void>> = {
  "no registry": (world) => void (world.current = thrower(() => new RegistryUnavailable("none"))),
  "no keys": (world) => void (world.keysOf = () => ({ keyOf: thrower(() => new KeysUnavailable("down")) })),
  "no reads": ({ store }) => void (store.reading = thrower(() => new StoreUnavailable("down"))),
  "no writes": ({ store }) => void (store.before = thrower(() => new StoreUnavailable("down"))),
  "writes unknown": ({ store }) => void (store.after = thrower(() => new StoreUnavailable("no answer"))),
  conflicts: ({ store }) => void (store.before = thrower(() => new StoreConflict([], "in the way"))),
  "another store": ({ store }) => void (store.identity = async () => "restored"),
  "signer fails": (world) => void (world.write = thrower(() => new SignerError("throttled"))),
  "signer hangs": (world) => void (world.write = () => new Promise(() => undefined)),
  "signer breaks": (world) => void (world.write = thrower(() => new TypeError("a secret of the implementation"))),
  "engine fails": (world) => void (world.engineFails = true),
  "reads break": ({ store }) => void (store.reading = thrower(() => new TypeError("a secret of the implementation"))),
};

function thrower(error: () => Error): () => never {
  return () => {
    throw error();
  };
}

/** Plays a row's steps, each of which must come to what it says. */
export class IssuanceRun {
  private readonly saved = new Map<string, Readonly<Record<string, unknown>>>();
  private document: FleetDocument;
  private revision = 1;

  private constructor(
    public readonly world: IssuanceWorld,
    private readonly row: Played,
    private readonly fleet: FleetView,
  ) {
    this.document = FLEETS[row.fleet ?? "example"].document;
  }

  public static async of(row: Played, changes: WorldChanges = {}): Promise<IssuanceRun> {
    const { view } = FLEETS[row.fleet ?? "example"];
    return new IssuanceRun(await IssuanceWorld.of(view, changes), row, view);
  }

  /** Tokens that were issued in it */
  public issued = 0;

  public async play(): Promise<Outcome> {
    await this.before();
    return this.ask(this.row);
  }

  /** The row's steps */
  public async before(): Promise<void> {
    for (const step of this.row.steps ?? []) await this.step(step);
  }

  /** Begin a run without a token, and keep what comes of it under the name. */
  public async begin(asking: Asking & { readonly as?: string }): Promise<Begun> {
    const ask = beginningOf(asking, this.row.name);
    const outcome = await this.beginAs(await this.formOf(ask), this.callerOf(ask));
    if (asking.as !== undefined && "begun" in outcome) this.saved.set(asking.as, { ...outcome.begun });
    return outcome;
  }

  /** Send a form as it is, from an agent with its certificate, to begin a run without a token. */
  public beginBy(form: Form, agent: string): Promise<Begun> {
    return this.beginAs(form, callerOf(this.fleet, agent));
  }

  private async beginAs(form: Form, caller: Caller): Promise<Begun> {
    try {
      const { run, joined } = await this.world.begin(form, caller);
      return { begun: run, joined };
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error };
      throw error;
    }
  }

  private async step(step: Step): Promise<void> {
    if ("base" in step) return this.askedFirst(step);
    if ("asks" in step) return this.asks(step);
    if ("begins" in step) return this.begunFirst(step);
    if ("answers" in step) return this.answeredFirst(step);
    const { world } = this;
    if ("pass" in step) world.now += step.pass;
    else if ("revoke" in step) {
      const { kind, id } = step.revoke;
      const target = (kind === "user" ? { kind, user: id } : { kind, id: this.filled(id) }) as Target;
      await world.store.write([revoke(target, { why: "a test", by: "test", at: world.now }, undefined)]);
    } else if ("decide" in step) {
      const { verdict, group, by } = step;
      const person = { issuer: "https://login.acme.example", subject: by, email: `${by}@acme.example` };
      const handle = this.filled(step.decide) as string;
      await decide(await world.state(), world.ledger, handle, {
        by: person,
        authenticatedAt: world.now,
        group,
        verdict,
        now: world.now,
      });
    } else if ("spend" in step) {
      const state = await world.state();
      const stored = await readApproval(state, this.filled(step.spend) as string);
      if (stored === undefined) throw new Error(`${this.row.name}: there is no approval to be spent`);
      await world.store.write([spendApprovalWrite(state.epoch, stored, world.now)]);
    } else if ("raise" in step) await this.raise(step.of, this.filled(step.raise) as Raise);
    else if ("revision" in step) this.show((this.revision = step.revision));
    else if ("edit" in step) this.edit(step.edit);
    else if ("seen" in step) {
      await world.store.write([{ kind: "put", key: seenKey(), value: step.seen, when: "any" }]);
    } else if ("bump" in step) {
      await bumpEpoch({ store: world.store, ledger: world.ledger, now: world.now, voidKeys: [] });
    } else this.fault(step.fault);
  }

  /** Ask, and keep what comes of it under the name */
  public async ask(asking: Asking & { readonly as?: string }): Promise<Outcome> {
    const outcome = await this.asked(askOf(asking, this.row.name));
    if (asking.as !== undefined && "answer" in outcome) {
      this.saved.set(asking.as, { ...outcome.claims, token: outcome.answer.access_token });
    }
    return outcome;
  }

  /** A call of the tool that the token is for, with its first action */
  private async asks({ asks, as, arguments: args = { id: "n-1" } }: Extract<Step, { asks: string }>): Promise<void> {
    const token = this.savedAs(asks, "token");
    const claims = await this.world.reader.read(token, this.world.now);
    const [tool, [action]] = [claims.aud.slice("tool:".length), (claims.scope ?? "").split(" ")];
    const destination = this.world.current().policy.tools[tool]?.destination ?? "";
    const about = { claims, call: { tool, action: action ?? "", destination, data: [] }, arguments: args };
    const { versions } = await this.world.callState.read(about);
    const { revision } = this.world.current();
    const asked = { ...about, versions: [...versions], revision };
    const { accessRequest } = await this.world.callState.ask(asked, "spiffe://prod.acme.example/gateway");
    if (accessRequest === undefined) throw new Error(`${this.row.name}: no approval was requested by ${asks}`);
    this.saved.set(as, { handle: accessRequest.id });
  }

  private async askedFirst({ refused = [], ...asking }: Extract<Step, { base: string }>): Promise<void> {
    const outcome = await this.ask(asking);
    const codes = "refusal" in outcome ? outcome.refusal.reasons.map(({ code }) => code) : [];
    if (codes.join() === refused.join()) return;
    throw new Error(
      `${this.row.name}: ${asking.base} was refused with [${codes.join()}], not with [${refused.join()}]`,
    );
  }

  private async begunFirst({ begins, ...asking }: Extract<Step, { begins: string }>): Promise<void> {
    const outcome = await this.begin({ base: begins, ...asking });
    if ("refusal" in outcome) throw new Error(`${this.row.name}: ${begins} did not begin: ${outcome.refusal.message}`);
  }

  private async answeredFirst({ answers, agent }: Extract<Step, { answers: unknown }>): Promise<void> {
    const refusal = await this.answer(answers, agent);
    if (refusal !== undefined) throw new Error(`${this.row.name}: no answer went out: ${refusal.message}`);
  }

  /** Ask whether an answer may go out: undefined where it may. */
  public answer(form: Ask["form"], agent: string): Promise<Refusal | undefined> {
    return this.message("answer", form, agent);
  }

  /** Ask whether an answer, or a further part of a request, may be passed on: undefined where it may. */
  public async message(of: "answer" | "part", form: Ask["form"], agent: string): Promise<Refusal | undefined> {
    try {
      await this.world.messages[of](this.pairsOf(form), callerOf(this.fleet, agent));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  /** Send a form as it is, from an agent with its certificate. */
  public send(form: Form, agent: string): Promise<Outcome> {
    return this.sent(form, callerOf(this.fleet, agent));
  }

  private async asked(ask: Ask): Promise<Outcome> {
    return this.sent(await this.formOf(ask), this.callerOf(ask));
  }

  private async sent(form: Form, caller: Caller): Promise<Outcome> {
    try {
      const answer = await this.world.token(form, caller);
      this.issued += 1;
      return { answer, claims: await this.world.claims(answer) };
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error };
      throw error;
    }
  }

  private async formOf({ form, details, evidence }: Ask): Promise<Form> {
    const pairs = this.pairsOf(form);
    if (details !== undefined) {
      const filled = this.filled(details);
      pairs.push(["authorization_details", typeof filled === "string" ? filled : JSON.stringify([filled])]);
    }
    if (evidence === undefined) return pairs;
    const filled = this.filled(evidence) as NonNullable<Ask["evidence"]>;
    const token = typeof filled === "string" ? filled : await MAKERS[filled.by].token(filled.header, filled.claims);
    return [...pairs, ["subject_token", token]];
  }

  private pairsOf(form: Ask["form"]): (readonly [name: string, value: string])[] {
    return Object.entries(this.filled(form) as Ask["form"]).flatMap(([name, value]) =>
      (typeof value === "string" ? [value] : value).map((each) => [name, each] as const),
    );
  }

  private callerOf({ agent, binding }: Ask): Caller {
    const caller = callerOf(this.fleet, agent);
    if (binding === undefined) return caller;
    if (binding === "none") return { ...caller, confirmation: undefined };
    const { jti, iat } = this.filled(binding) as { readonly jti: string; readonly iat?: number };
    return { ...caller, confirmation: { jkt: "key" }, proof: { jti, jkt: "key", issuedAt: iat ?? this.world.now } };
  }

  /** As what was read raises the session of the agent and the first user */
  public async raise(agent: string, what: Raise): Promise<void> {
    const stored = await this.sessionOf(agent);
    if (stored === undefined) throw new Error(`${this.row.name}: ${agent} has no session to be raised`);
    await this.world.store.write(await raise(await this.world.state(), stored, what, undefined, this.world.now));
  }

  /** Of the agent and the first user, of what it starts by itself, or of one of the transactions */
  public async sessionOf(agent: string): Promise<StoredSession | undefined> {
    const user = { issuer: "https://login.acme.example", subject: "alice" };
    const transactions = [...this.saved.values()].flatMap(({ txn }) => (typeof txn === "string" ? [txn] : []));
    const whose = [userDigest(user), "none", ...transactions.map((txn) => `txn.${txn}`)];
    const found = await readSessions(
      await this.world.state(),
      [...new Set(whose)].map((each) => ({ agent, whose: each })),
    );
    return found.find((each) => each !== undefined);
  }

  /** Both documents are edited by path, agents in the policy by their names. */
  public edit(edits: Readonly<Record<string, unknown>>): void {
    const made = Object.entries(edits).map(([path, value]): Edit => [
      path.startsWith("policy/")
        ? path.split("/").map((part) => this.fleet.agentNamed(part)?.spiffeId ?? part)
        : path.split("/"),
      value,
    ]);
    this.document = edited(this.document, made, this.row.name);
    this.show((this.revision += 1));
  }

  private show(revision: number): void {
    const view = fleetView(this.document, revision);
    this.world.current = () => view;
  }

  private fault(fault: string): void {
    const fails = FAULTS[fault];
    if (fails === undefined) throw new Error(`${this.row.name}: no such fault: ${fault}`);
    fails(this.world);
  }

  /** `{"$in": seconds}` is so long after now, `{name.claim}` in a text what an earlier answer says. */
  public filled(value: unknown): unknown {
    if (typeof value === "string")
      return value.replace(/\{(\w+)\.(\w+)\}/g, (_, name, claim) => this.savedAs(name, claim));
    if (Array.isArray(value)) return value.map((each) => this.filled(each));
    if (typeof value !== "object" || value === null) return value;
    if ("$in" in value) return this.world.now + (value.$in as number);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.filled(each)]));
  }

  private savedAs(name: string, claim: string): string {
    const value = this.saved.get(name)?.[claim];
    if (typeof value !== "string") throw new Error(`${this.row.name}: nothing is known as ${name}.${claim}`);
    return value;
  }
}
