import type { User } from "../../../domain";
import { AwsBroker } from "../../../runtime/aws/broker";
import type { Ledger } from "../../../runtime/audit/audit";
import { CedarEngine } from "../../../runtime/decision/cedar/cedar-engine";
import type { AccessTokenClaims } from "../../../runtime/exchange/access-token";
import { Exchange } from "../../../runtime/exchange/exchange";
import type { EvidenceRequest, ProvenStart } from "../../../runtime/exchange/evidence";
import { FleetDecider } from "../../../runtime/exchange/issue/fleet-decider";
import { Refusal } from "../../../runtime/exchange/refusal";
import type { FleetView } from "../../../runtime/registry/registry";
import { readRun } from "../../../runtime/session/runs";
import type { Run } from "../../../runtime/session/session";
import { State } from "../../../runtime/state/state";
import { readEpoch } from "../../../runtime/store/epoch";
import { MemoryStore } from "../../../runtime/store/memory-store";
import type { Stored } from "../../../runtime/store/transaction";
import { DEEDS, type Deed, type FlowAgent, flowFleet } from "./flow-fleet";
import { FakeSts } from "./fake-sts";
import { NOW } from "./sessions";

const EPOCH = 1;
const DIGEST = `sha256:${"0".repeat(64)}`;
const SERVICE = "spiffe://prod.acme.example/ns/ambit-gateway/sa/authorizer";
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
export const USERS: Readonly<Record<"ada" | "bob", User>> = {
  ada: { issuer: "https://login.acme.example", subject: "ada" },
  bob: { issuer: "https://login.acme.example", subject: "bob" },
};
/** Whom a run serves from its start on: a user, nobody by an event, or nobody because the agent started it */
export type For = keyof typeof USERS | "event" | "self";

/** What became of something that was asked */
export type Answer<T> =
  { readonly given: T } | { readonly codes: readonly string[]; readonly retryAfter: number | undefined };

type Partitions = Map<string, Map<string, Stored>>;

/** The real exchange, state interface and broker over one store in memory; what signs and what proves a start is trusted here. */
export class FlowWorld {
  public now = NOW;
  public readonly store = new MemoryStore(() => this.now);
  private readonly decider: FleetDecider;
  private readonly exchange: Exchange;
  private readonly state: State;
  private readonly broker: AwsBroker;
  private ids = 0;

  constructor(public readonly fleet: FleetView = flowFleet) {
    this.decider = new FleetDecider(new CedarEngine({ policy: fleet.policy, revision: fleet.revision }));
    const ledger: Ledger = { commit: ({ writes }) => this.store.write(writes) };
    const shared = {
      registry: { current: () => fleet },
      decider: { decide: this.decider.decide.bind(this.decider) },
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
    this.broker = new AwsBroker({ ...shared, sts: new FakeSts(() => this.now).client });
  }

  /** A token for a task that begins, by new evidence of its start. */
  public async start(agent: FlowAgent, deed: Deed, by: For, delegate?: string): Promise<Answer<AccessTokenClaims>> {
    const start = by === "event" ? "schedule" : by === "self" ? "agent" : "user";
    return this.token(agent, deed, { start, delegate }, by === "self" ? undefined : `${by}:${this.id()}`);
  }

  /** A token with which work is handed on, of a run that goes on */
  public hand(agent: FlowAgent, run: string, delegate: string): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, "hand", { run, delegate });
  }

  /** What a delegate begins with it */
  public present(
    agent: FlowAgent,
    deed: Deed,
    parent: AccessTokenClaims,
    delegate?: string,
  ): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, deed, { start: "delegation", delegate }, JSON.stringify(parent));
  }

  /** Another token of a run that goes on */
  public again(agent: FlowAgent, deed: Deed, run: string): Promise<Answer<AccessTokenClaims>> {
    return this.token(agent, deed, { run });
  }

  /** Do what the token is for: call its tool as the gateway's authorizer does, or get AWS credentials. */
  public use(deed: Deed, claims: AccessTokenClaims): Promise<Answer<true>> {
    const what = DEEDS[deed];
    return answered<true>(async () => {
      if (what.via === "aws") {
        await this.broker.credentials(claims);
        return true;
      }
      const tool = claims.aud.slice("tool:".length);
      const [action = ""] = Object.keys(this.fleet.policy.tools[tool]?.actions ?? {});
      const call = { tool, action, destination: this.fleet.policy.tools[tool]?.destination ?? "", data: [] };
      const { input, versions } = await this.state.read({ claims, call });
      const question = { ...input, call, requestDigest: DIGEST, budgets: {}, intent: null };
      const { decision, reasons } = await this.decider.decide(this.fleet, question);
      if (decision !== "allow") throw Refusal.denied(reasons);
      const spent = { claims, call, requestDigest: DIGEST, costs: {}, untrusted: false, versions };
      await this.state.spend(spent, SERVICE);
      await this.state.outcome({ claims, call, outcome: "succeeded", untrusted: false }, SERVICE);
      return true;
    });
  }

  public async run(id: string): Promise<Run> {
    const stored = await readRun(this.epoch, id);
    if (stored === undefined) throw new Error(`there is no run ${id}`);
    return stored.run;
  }

  /** All that is stored of sessions and of what agents hold */
  public stored(): readonly (readonly [string, unknown])[] {
    return [...this.partitions()].flatMap(([partition, items]) => {
      const item = items.get("session") ?? items.get("held");
      return item === undefined ? [] : [[partition, JSON.parse(item.text)] as const];
    });
  }

  public snapshot(): { readonly now: number; readonly ids: number; readonly partitions: Partitions } {
    const { now, ids } = this;
    return { now, ids, partitions: new Map([...this.partitions()].map(([name, items]) => [name, new Map(items)])) };
  }

  public restore({ now, ids, partitions }: ReturnType<FlowWorld["snapshot"]>): void {
    Object.assign(this, { now, ids });
    const own = this.partitions();
    own.clear();
    for (const [name, items] of partitions) own.set(name, new Map(items));
  }

  private get epoch() {
    return { store: this.store, epoch: EPOCH };
  }

  private id(): string {
    return `id-of-the-number-${(this.ids += 1)}`;
  }

  private partitions(): Partitions {
    return (this.store as unknown as { readonly partitions: Partitions }).partitions;
  }

  private token(
    agent: FlowAgent,
    deed: Deed,
    how: Readonly<Record<string, string | undefined>>,
    subject?: string,
  ): Promise<Answer<AccessTokenClaims>> {
    const what = DEEDS[deed];
    const audience = how["delegate"] !== undefined ? "exchange" : what.via === "aws" ? "aws" : `tool:${toolOf(deed)}`;
    const spiffeId = this.fleet.agentNamed(agent)?.spiffeId ?? "";
    const details = [{ type: "ambit_task", task: deed, ...how }];
    const form: [string, string][] = [
      ["grant_type", subject === undefined ? "client_credentials" : GRANT],
      ["audience", audience],
      ["authorization_details", JSON.stringify(details)],
    ];
    if (subject !== undefined) {
      form.push(["subject_token", subject], ["subject_token_type", "urn:ietf:params:oauth:token-type:access_token"]);
    }
    const caller = { spiffeId, confirmation: { jkt: "key" }, proof: undefined };
    return answered(async () => JSON.parse((await this.exchange.token(form, caller)).access_token));
  }

  private async proven({ start, subjectToken }: EvidenceRequest): Promise<ProvenStart> {
    const nothing = { parent: undefined, parentToken: undefined, outside: undefined, expiresAt: undefined, user: null };
    if (subjectToken === undefined) return { ...nothing, by: "agent" };
    if (start === "delegation") {
      const claims = JSON.parse(subjectToken.token) as AccessTokenClaims;
      if (claims.exp <= this.now) throw Refusal.of("evidence.expired");
      const parent = await this.run(claims.run);
      return { ...nothing, by: start, parent, parentToken: claims.jti, user: parent.user };
    }
    const [who = ""] = subjectToken.token.split(":");
    const user = start === "user" ? USERS[who as keyof typeof USERS] : null;
    const outside = { digest: subjectToken.token, until: this.now + 300, single: start !== "user", newSession: false };
    return { ...nothing, by: start, user, outside };
  }
}

function toolOf(deed: Deed): string {
  const what = DEEDS[deed];
  return what.via === "tool" ? what.tool : "board";
}

async function answered<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { given: await ask() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { codes: error.reasons.map(({ code }) => code), retryAfter: error.waiting?.seconds };
  }
}
