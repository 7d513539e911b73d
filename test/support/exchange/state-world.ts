import type { CallFacts, PolicyTask, User } from "../../../domain";
import { type ApproverNotices, NO_NOTICES } from "../../../runtime/approval/approver-notices";
import { ask } from "../../../runtime/approval/approvals";
import { decide } from "../../../runtime/approval/decide";
import { type ExactRequest, requestDigest } from "../../../runtime/approval/digest";
import type { Act, AuditEvent } from "../../../runtime/audit/audit";
import { chainBehind, edgesOf } from "../../../runtime/exchange/issue/chain";
import { claimsOf } from "../../../runtime/exchange/issue/claims";
import { runEnd } from "../../../runtime/exchange/issue/limits";
import type { FleetView } from "../../../runtime/registry/registry";
import { evidenceBehind } from "../../../runtime/session/evidence";
import { raise } from "../../../runtime/session/raise";
import { randomId } from "../../../runtime/session/random-id";
import { newRunWrite, readRun } from "../../../runtime/session/runs";
import { refuseBelow } from "../../../runtime/session/reservation";
import type { Run, Session } from "../../../runtime/session/session";
import type { Raise } from "../../../runtime/session/session-state";
import { plan, planWrites } from "../../../runtime/session/sessions";
import { readOwn, readSessions } from "../../../runtime/session/stored-sessions";
import type { StateAnswer } from "../../../runtime/state/read";
import { State } from "../../../runtime/state/state";
import type { OutcomeRequest, SpendRequest } from "../../../runtime/state/state-schema";
import { epochKey } from "../../../runtime/store/keys";
import { MemoryStore } from "../../../runtime/store/memory-store";
import type { StateStore } from "../../../runtime/store/store";
import type { AccessTokenClaims } from "../../../runtime/token/access-token";
import { ASKING_AT_WORST, exactRequest, OWNERS } from "./approvals";
import { exampleFleet } from "./example-fleet";
import { ALICE, EPOCH, evidence, NOW, ofAlice } from "./sessions";

export const SERVICE = "spiffe://prod.acme.example/ns/ambit-gateway/sa/authorizer";
export const CARLA: User = { issuer: "https://login.acme.example", subject: "carla" };
export const DIGEST = `sha256:${"0".repeat(64)}`;

/** The state interface over the example fleet, with a store in memory */
export class StateWorld {
  public now = NOW;
  public fleet: FleetView = exampleFleet;
  public store: StateStore = new MemoryStore(() => this.now);
  public readonly events: AuditEvent[] = [];
  /** Of each event, the trace that its act names */
  public readonly traces: Act["trace"][] = [];
  /** Does something before an act is written */
  public beforeCommit: (act: Act) => Promise<void> = () => Promise.resolve();
  public notices: ApproverNotices = NO_NOTICES;
  public readonly state = new State({
    registry: { current: () => this.fleet },
    state: async () => this.epoch,
    ledger: { commit: (act) => this.commit(act) },
    clock: () => this.now,
    notices: { requested: (record) => this.notices.requested(record) },
  });

  public get epoch(): { readonly store: StateStore; readonly epoch: number } {
    return { store: this.store, epoch: EPOCH };
  }

  /** Begin a run as `/token` does: by a user's new token, or behind another run. */
  public async begin(name: string, task: string, parent?: Run, newSession = false): Promise<Run> {
    const { now, fleet } = this;
    const agent = fleet.agentNamed(name);
    const declared = agent?.tasks.get(task);
    if (agent === undefined || declared === undefined) throw new Error(`the fleet has no task ${name}.${task}`);
    const [run, chain] = [randomId(), chainBehind(parent)];
    const start = parent === undefined ? ("user" as const) : ("delegation" as const);
    const proven = {
      by: start,
      user: ALICE,
      expiresAt: undefined,
      parent,
      parentToken: undefined,
      outside: parent === undefined ? evidence(randomId(), { newSession }) : undefined,
    };
    const lasts = { startedAt: now, expiresAt: runEnd(now, declared, edgesOf(fleet, chain, agent, task), proven) };
    const planned = await plan(this.epoch, { fleet, agent, proven, chain, run, expiresAt: lasts.expiresAt, now });
    await refuseBelow(this.epoch, planned.own, planned.reads, now);
    const { session } = planned;
    const { spiffeId } = agent;
    const txn = parent?.txn ?? run;
    const begun = {
      run,
      txn,
      agent: name,
      spiffeId,
      task,
      user: ALICE,
      start,
      chain,
      evidence: evidenceBehind(proven),
      sid: session.sid,
      ...lasts,
      done: [],
    };
    const known = { epoch: EPOCH, identity: await this.store.identity(), keys: [], voidKeys: [] };
    const epoch = { kind: "put" as const, key: epochKey(), value: known, when: "any" as const };
    await this.store.write([...(await planWrites(this.epoch, planned, now)), newRunWrite(EPOCH, begun), epoch]);
    return begun;
  }

  /** Of a token for a tool that was made now */
  public claims(run: Run, tool: string, change: Partial<AccessTokenClaims> = {}): AccessTokenClaims {
    const claims = claimsOf({
      issuer: "https://exchange.acme.example",
      jti: randomId(),
      audience: `tool:${tool}`,
      now: this.now,
      expiresAt: Math.min(this.now + 300, run.expiresAt),
      run,
      scope: Object.keys(exampleFleet.policy.tools[tool]?.actions ?? {}).join(" ") || undefined,
      mayAct: undefined,
      confirmation: { jkt: "thumbprint" },
    });
    return { ...claims, ...change };
  }

  /** A token, and an approved call of it */
  public async approved(
    run: Run,
    group: string,
    amount = 12,
  ): Promise<{ claims: AccessTokenClaims; exact: ExactCall }> {
    const claims = this.claims(run, "payments");
    const request = paidOut(run, claims, amount);
    const approval = { group, requestOpenSeconds: 3_600, decisionGoodForSeconds: 300 };
    const { record, writes } = await ask(this.epoch, {
      txn: "txn-1",
      request,
      approval,
      owners: OWNERS,
      agents: [],
      runs: [],
      sessions: [],
      start: undefined,
      asking: ASKING_AT_WORST,
      now: this.now,
    });
    if (writes.length > 0) await this.store.write(writes);
    const decision = {
      by: { ...CARLA, email: "carla@acme.example" },
      authenticatedAt: this.now,
      group,
      verdict: "approved" as const,
      now: this.now,
    };
    await decide(this.epoch, { commit: ({ writes: all }) => this.store.write(all) }, record.handle, decision);
    const call = callOf(claims, { action: "refund" });
    return { claims, exact: { call, arguments: { amount }, requestDigest: requestDigest(request) } };
  }

  /** Read, and spend by what was read. */
  public async spend(claims: AccessTokenClaims, change: Partial<SpendRequest> = {}): Promise<StateAnswer> {
    const call = change.call ?? callOf(claims);
    const answer = await this.state.read({ claims, call, arguments: change.arguments });
    const request = { claims, call, requestDigest: DIGEST, costs: {}, untrusted: false };
    await this.state.spend({ ...request, versions: answer.versions, ...change }, SERVICE);
    return answer;
  }

  /** The same as `/state/calls` does it */
  public async spendNow(claims: AccessTokenClaims, change: Partial<SpendRequest> = {}): ReturnType<State["spendNow"]> {
    const call = change.call ?? callOf(claims);
    const { versions } = await this.state.read({ claims, call, arguments: change.arguments });
    const request = { claims, call, requestDigest: DIGEST, costs: {}, untrusted: false, revision: this.fleet.revision };
    return this.state.spendNow({ ...request, versions: [...versions], ...change }, SERVICE);
  }

  public async outcome(claims: AccessTokenClaims, change: Partial<OutcomeRequest> = {}): Promise<void> {
    const request = { claims, call: callOf(claims), outcome: "succeeded", untrusted: false, ...change };
    await this.state.outcome(request, SERVICE);
  }

  public async raise(run: Run, what: Raise): Promise<void> {
    const own = await readOwn(this.epoch, this.fleet, run);
    await this.store.write(await raise(this.epoch, own, what, undefined, this.now));
  }

  public async session(agent: string): Promise<Session | undefined> {
    const [stored] = await readSessions(this.epoch, [ofAlice(agent)]);
    return stored?.session;
  }

  public async doneIn({ run }: Run): Promise<readonly string[] | undefined> {
    return (await readRun(this.epoch, run))?.run.done;
  }

  /** Declare something else of a task. */
  public declare(spiffeId: string, task: string, change: Partial<PolicyTask>): void {
    const { policy } = this.fleet;
    const agent = policy.agents[spiffeId];
    const declared = agent?.tasks[task];
    if (agent === undefined || declared === undefined) throw new Error(`the fleet has no task ${task} of ${spiffeId}`);
    const tasks = { ...agent.tasks, [task]: { ...declared, ...change } };
    this.fleet = {
      ...this.fleet,
      policy: { ...policy, agents: { ...policy.agents, [spiffeId]: { ...agent, tasks } } },
    };
  }

  private async commit(act: Act): Promise<void> {
    await this.beforeCommit(act);
    // A record alone: here, records are kept elsewhere.
    if (act.writes.length > 0) await this.store.write(act.writes);
    this.events.push(act.event);
    this.traces.push(act.trace);
  }
}

export type ExactCall = Required<Pick<SpendRequest, "arguments" | "call" | "requestDigest">>;

/** The refund that a run of `payout` asks for */
export function paidOut({ spiffeId: agent, task }: Run, claims: AccessTokenClaims, amount = 12): ExactRequest {
  const { destination } = callOf(claims);
  return exactRequest({ agent, chain: [], task, destination, arguments: { amount } });
}

/** A call of the token's tool that touches nothing but what is declared */
export function callOf({ aud }: AccessTokenClaims, change: Partial<CallFacts> = {}): CallFacts {
  const tool = aud.slice("tool:".length);
  const { destination = "", actions = {} } = exampleFleet.policy.tools[tool] ?? {};
  return { tool, action: Object.keys(actions)[0] ?? "", destination, data: [], ...change };
}
