import type { CallFacts, User } from "../../../domain";
import { decide } from "../../../runtime/approval/decide";
import { requestDigest as digestOf } from "../../../runtime/approval/digest";
import type { Ledger } from "../../../runtime/audit/audit";
import { isOnlyUnapproved } from "../../../runtime/authorizer/call/approval";
import { AwsBroker } from "../../../runtime/aws/broker";
import { Exchange } from "../../../runtime/exchange/exchange";
import { Refusal } from "../../../runtime/refusal/refusal";
import type { FleetView } from "../../../runtime/registry/registry";
import { Messages } from "../../../runtime/exchange/messages/messages";
import { readEpoch } from "../../../runtime/session/epoch";
import type { EvidenceRequest, ProvenStart } from "../../../runtime/session/evidence";
import { readRun } from "../../../runtime/session/runs";
import type { Run } from "../../../runtime/session/session";
import { runSchema, sessionSchema } from "../../../runtime/session/stored";
import { State } from "../../../runtime/state/state";
import type { Item } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import type { Form } from "../../../runtime/token/token-answer";
import { PlainStore } from "../plain-store";
import { FakeSts } from "./fake-sts";
import { DEEDS, type Deed, type FlowAgent, flowFleet, type FlowTask } from "./flow-fleet";
import { deciderOf } from "./remembered-decider";
import { NOW } from "./sessions";

const EPOCH = 1;
const DIGEST = `sha256:${"0".repeat(64)}`;
/** Of every call that a person approves */
const ARGUMENTS = { amount: 1 };
const SERVICE = "spiffe://prod.acme.example/ns/ambit-gateway/sa/authorizer";
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
export const USERS: Readonly<Record<"ada" | "bob", User>> = {
  ada: { issuer: "https://login.acme.example", subject: "ada" },
  bob: { issuer: "https://login.acme.example", subject: "bob" },
};
/** The start of a run: by a user, by an event without a user, or by the agent itself */
export type For = keyof typeof USERS | "event" | "self";

/** What became of something that was asked */
export type Answer<T> =
  | { readonly given: T }
  | { readonly codes: readonly string[]; readonly retryAfter: number | undefined; readonly more?: Refusal["more"] };

/** @throws Error where it was refused */
export function given<T>(answer: Answer<T>): T {
  if ("given" in answer) return answer.given;
  throw new Error(`refused: ${answer.codes.join()}`);
}

export interface Snapshot {
  readonly now: number;
  readonly ids: number;
  readonly items: readonly Item[];
}

/** What was written is checked when it is read first, and not at each of a million reads: nothing changes it. */
for (const schema of [sessionSchema, runSchema] as { parse(value: unknown): unknown }[]) {
  const parse = schema.parse.bind(schema);
  const known = new WeakMap<object, unknown>();
  schema.parse = (value) => {
    const before = known.get(value as object);
    if (before !== undefined) return before;
    const parsed = parse(value);
    known.set(value as object, parsed);
    return parsed;
  };
}

/** The real exchange, state interface and broker over one store; what signs and what proves a start is trusted here. */
export class FlowWorld {
  public now = NOW;
  public readonly store = new PlainStore(() => this.now);
  private readonly exchange: Exchange;
  private readonly state: State;
  private readonly broker: AwsBroker;
  private readonly messages: Messages;
  private ids = 0;

  constructor(public readonly fleet: FleetView = flowFleet) {
    const ledger: Ledger = { commit: ({ writes }) => this.store.write(writes) };
    const shared = {
      registry: { current: () => fleet },
      decider: deciderOf(fleet),
      state: async () => ({ store: this.store, ...(await readEpoch(this.store, ["key"])) }),
      ledger,
      clock: () => this.now,
      onFailure: (error: unknown) => {
        throw error;
      },
    };
    this.exchange = new Exchange({
      ...shared,
      issuer: "https://exchange.acme.example",
      evidence: { verify: (request) => this.proven(request) },
      tokens: { write: async (claims) => JSON.stringify(claims) },
      newId: () => this.id(),
      jitter: () => 0,
    });
    this.state = new State(shared);
    this.messages = new Messages({ ...shared, store: this.store });
    this.broker = new AwsBroker({ ...shared, sts: new FakeSts(() => this.now).client });
  }

  /** A token for a task that begins, by new evidence of its start. */
  public async start(agent: FlowAgent, task: FlowTask, by: For, delegate?: string): Promise<Answer<AccessTokenClaims>> {
    const start = by === "event" ? "schedule" : by === "self" ? "agent" : "user";
    return this.token(agent, task, { start, delegate }, by === "self" ? undefined : `${by}:${this.id()}`);
  }

  /** As a start of a user who asks for a clean session */
  public startAnew(agent: FlowAgent, task: FlowTask, by: keyof typeof USERS): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, task, { start: "user" }, `${by}:${this.id()}:new`);
  }

  /** A token with which work is handed on, of a run that goes on */
  public hand(agent: FlowAgent, run: string, delegate: string): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, "work", { run, delegate });
  }

  /** What a delegate begins with it */
  public present(agent: FlowAgent, task: FlowTask, parent: AccessTokenClaims): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, task, { start: "delegation" }, JSON.stringify(parent));
  }

  /** Another request of the delegator, which joins the run that began with the first one */
  public join({ agent, task, run }: Run, parent: AccessTokenClaims): Promise<Answer<true>> {
    return answered<true>(async () => {
      const form = formOf({ task, start: "delegation", run }, JSON.stringify(parent));
      await this.exchange.begin(form, this.callerOf(agent));
      return true;
    });
  }

  /** A further part of the request that the run serves, or a part of its answer */
  public message(of: "answer" | "part", { agent, task, run }: Run): Promise<Answer<true>> {
    return answered<true>(async () => {
      const way = this.fleet.agentNamed(agent)?.tasks.get(task)?.servedBy[0]?.name ?? "";
      await this.messages[of](Object.entries({ run, way }), this.callerOf(agent));
      return true;
    });
  }

  /** Another token of a run that goes on, for one of the deeds of its task */
  public again(agent: FlowAgent, deed: Deed, run: string, task: FlowTask = deed): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, task, { run }, undefined, deed);
  }

  /** Do what the token is for: call its tool as the gateway's authorizer does, or get AWS credentials. */
  public use(deed: Deed, claims: AccessTokenClaims): Promise<Answer<true>> {
    return DEEDS[deed].via === "aws" ? this.credentials(claims) : this.call(claims);
  }

  public credentials(claims: AccessTokenClaims): Promise<Answer<true>> {
    return answered<true>(async () => {
      await this.broker.credentials(claims);
      return true;
    });
  }

  /** @param action the first of its tool unless told otherwise */
  public call(claims: AccessTokenClaims, action?: string): Promise<Answer<true>> {
    return answered<true>(async () => {
      const { policy } = this.fleet;
      const tool = claims.aud.slice("tool:".length);
      const { actions = {}, destination = "" } = policy.tools[tool] ?? {};
      const call = { tool, action: action ?? Object.keys(actions)[0] ?? "", destination, data: [] };
      const task = policy.agents[claims.client_id]?.tasks[claims.task];
      const approvable = (task?.approvalGroup ?? "") === "" ? {} : { arguments: ARGUMENTS };
      const about = { claims, call, ...approvable };
      const { input, spent, versions, retryAfter } = await this.state.read(about);
      const { agent, chain, user } = input;
      const exact = { agent: agent.spiffeId, chain, user, task: input.task, ...call, arguments: ARGUMENTS };
      const requestDigest = "arguments" in approvable ? digestOf(exact) : DIGEST;
      const counted = Object.entries(task?.budgets ?? {}).filter(
        ([, { actions: of }]) => of === "any" || Object.hasOwn(of, `${tool}.${call.action}`),
      );
      const costs = Object.fromEntries(counted.map(([budget]) => [budget, 1]));
      const budgets = Object.fromEntries(counted.map(([name]) => [name, { spent: spent[name] ?? 0, cost: 1 }]));
      const question = { ...input, call, requestDigest, budgets, intent: null };
      const { decision, reasons } = await deciderOf(this.fleet).decide(this.fleet, question);
      if (decision !== "allow" && "arguments" in approvable && isOnlyUnapproved(reasons)) {
        const { revision } = this.fleet;
        const { accessRequest } = await this.state.ask({ ...about, versions: [...versions], revision }, SERVICE);
        throw new Refusal("access_denied", reasons, { access_request: accessRequest });
      }
      if (decision !== "allow") {
        const denied = Refusal.denied(reasons);
        throw retryAfter === undefined ? denied : denied.until({ seconds: retryAfter, act: undefined });
      }
      const untrusted = this.fleet.answersUntrusted(call);
      await this.state.spend({ ...about, requestDigest, costs, untrusted: false, versions }, SERVICE);
      await this.state.outcome({ claims, call, outcome: "succeeded", untrusted }, SERVICE);
      return true;
    });
  }

  /** A member of the group decides on an open request. */
  public async approve(handle: string, group: string): Promise<void> {
    const by = { issuer: "https://login.acme.example", subject: "carla", email: "carla@acme.example" };
    const ledger: Ledger = { commit: ({ writes }) => this.store.write(writes) };
    await decide(this.epoch, ledger, handle, {
      by,
      authenticatedAt: this.now,
      group,
      verdict: "approved",
      now: this.now,
    });
  }

  /** What the authorizer asks before the policy, of any call that its caller names */
  public look(claims: AccessTokenClaims, call: CallFacts): Promise<unknown> {
    return this.state.read({ claims, call });
  }

  public async run(id: string): Promise<Run> {
    const stored = await readRun(this.epoch, id);
    if (stored === undefined) throw new Error(`there is no run ${id}`);
    return stored.run;
  }

  /** Sessions, and what agents hold */
  public stored(): readonly Item[] {
    return this.store.all().filter(({ key: { sort } }) => sort === "session" || sort === "held");
  }

  /** Whether any read waits */
  public waits(): boolean {
    return this.stored().some(({ value }) =>
      Object.values((value as { readonly reserved?: Readonly<Record<string, number>> }).reserved ?? {}).some(
        (until) => until > this.now,
      ),
    );
  }

  /** Without what has expired */
  public snapshot(): Snapshot {
    const { now, ids } = this;
    return { now, ids, items: this.store.all() };
  }

  public restore({ now, ids, items }: Snapshot): void {
    Object.assign(this, { now, ids });
    this.store.restore(items);
  }

  private get epoch() {
    return { store: this.store, epoch: EPOCH };
  }

  public id(): string {
    return `id-of-the-number-${(this.ids += 1)}`;
  }

  private token(
    agent: FlowAgent,
    task: FlowTask,
    how: Readonly<Record<string, string | undefined>>,
    subject?: string,
    deed: Deed = task === "work" ? "read" : task,
  ): Promise<Answer<AccessTokenClaims>> {
    const what: { readonly via: string; readonly tool?: string } = DEEDS[deed];
    const audience =
      how["delegate"] !== undefined ? "exchange" : what.tool === undefined ? what.via : `tool:${what.tool}`;
    return this.tokenFor(agent, audience, { task, ...how }, subject);
  }

  /** @param how task, and what it begins with or goes on as */
  public tokenFor(
    agent: string,
    audience: string,
    how: Readonly<Record<string, unknown>>,
    subject?: string,
  ): Promise<Answer<AccessTokenClaims>> {
    const form = [...formOf(how, subject), ["audience", audience] as const];
    return answered(async () => JSON.parse((await this.exchange.token(form, this.callerOf(agent))).access_token));
  }

  private callerOf(agent: string) {
    const spiffeId = this.fleet.agentNamed(agent)?.spiffeId ?? "";
    return { spiffeId, confirmation: { jkt: "key" }, proof: undefined };
  }

  private async proven({ start, subjectToken }: EvidenceRequest): Promise<ProvenStart> {
    const nothing = { parent: undefined, parentToken: undefined, outside: undefined, expiresAt: undefined, user: null };
    if (subjectToken === undefined) return { ...nothing, by: "agent" };
    if (start === "delegation") {
      const claims = JSON.parse(subjectToken.token) as AccessTokenClaims;
      if (claims.exp <= this.now) throw Refusal.of("evidence.expired");
      const parent = await this.run(claims.run);
      return {
        ...nothing,
        by: start,
        parent,
        parentToken: { jti: claims.jti, expiresAt: claims.exp },
        user: parent.user,
      };
    }
    const [who = "", , session] = subjectToken.token.split(":");
    const user = start === "user" ? USERS[who as keyof typeof USERS] : null;
    const outside = {
      digest: subjectToken.token,
      until: this.now + 300,
      single: start !== "user",
      newSession: session === "new",
    };
    return { ...nothing, by: start, user, outside };
  }
}

function formOf(how: Readonly<Record<string, unknown>>, subject: string | undefined): Form {
  const details: Form = [["authorization_details", JSON.stringify([{ type: "ambit_task", ...how }])]];
  if (subject === undefined) return [["grant_type", "client_credentials"], ...details];
  return [
    ["grant_type", GRANT],
    ["subject_token", subject],
    ["subject_token_type", "urn:ietf:params:oauth:token-type:access_token"],
    ...details,
  ];
}

async function answered<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { given: await ask() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      codes: error.reasons.map(({ code }) => code),
      retryAfter: error.waiting?.seconds,
      ...(asks(error) && { more: error.more }),
    };
  }
}

function asks({ more }: Refusal): boolean {
  return Object.hasOwn(more, "access_request");
}
