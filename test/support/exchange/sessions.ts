import type { User } from "../../../domain";
import { chainBehind } from "../../../runtime/exchange/issue/chain";
import { Refusal } from "../../../runtime/refusal/refusal";
import type { FleetAgent, FleetTask, FleetView } from "../../../runtime/registry/registry";
import type { ProvenStart } from "../../../runtime/session/evidence";
import type { Knower } from "../../../runtime/session/knower";
import type { Run, Session } from "../../../runtime/session/session";
import type { RunStart } from "../../../runtime/session/sessions";
import { userDigest } from "../../../runtime/store/user-digest";

export const NOW = Date.UTC(2026, 10, 11, 9, 0, 0) / 1000;
export const EPOCH = 3;
export const TIMES = { idleSeconds: 1_800, totalSeconds: 28_800 };
export const ALICE: User = { issuer: "https://login.acme.example", subject: "alice" };

/** A fleet of these agents, each with nothing but a session; it declares and decides nothing else. */
export function fleetOf(...names: readonly string[]): FleetView {
  const agents = new Map(names.map((name) => [name, agentOf(name)]));
  return {
    revision: 1,
    policy: {
      version: "ambit.policy/1",
      trustDomain: "prod.acme.example",
      intentRequired: false,
      agents: {},
      tools: {},
      datasets: {},
    },
    issuers: [],
    starters: [],
    people: undefined,
    agentOf: (spiffeId) => [...agents.values()].find((agent) => agent.spiffeId === spiffeId),
    agentNamed: (name) => agents.get(name),
    agentAt: () => undefined,
    toolOf: () => undefined,
    answersUntrusted: () => true,
  };
}

export function agentOf(name: string): FleetAgent {
  const spiffeId = `spiffe://prod.acme.example/ns/test/sa/${name}`;
  const owner = `${name}-owner@acme.example`;
  const memory = "per-user";
  const purpose = "Is tried";
  const nothing = { clients: [], tasks: new Map<string, FleetTask>(), ways: [] };
  return { name, spiffeId, owner, purpose, expires: NOW + 1e8, session: TIMES, memory, namespace: "test", ...nothing };
}

/** Whose session it is where the agent works for Alice */
export function ofAlice(agent: string): Knower {
  return { agent, whose: userDigest(ALICE) };
}

export function sessionOf(change: Partial<Session> = {}): Session {
  const sid = change.sid ?? "sid-of-the-last";
  return {
    sid,
    startedAt: NOW - 600,
    lastUsedAt: NOW - 60,
    mark: "public",
    tainted: false,
    done: [],
    readable: {},
    untrustedUntil: 0,
    writable: {},
    reserved: {},
    budgets: { id: sid, until: NOW + 28_200 },
    ...change,
  };
}

export function runOf(agent: string, change: Partial<Run> = {}): Run {
  const run = change.run ?? `run-of-${agent}`;
  return {
    run,
    txn: run,
    agent,
    spiffeId: agentOf(agent).spiffeId,
    task: "work",
    user: ALICE,
    start: "user",
    chain: [],
    evidence: null,
    sid: "sid-of-the-last",
    startedAt: NOW,
    expiresAt: NOW + 900,
    done: [],
    ...change,
  };
}

export function startOf(
  agent: string,
  proven: Partial<ProvenStart> & Pick<ProvenStart, "by">,
  change: Partial<RunStart> = {},
): RunStart {
  return {
    fleet: fleetOf("front", "worker", "reader"),
    agent: agentOf(agent),
    proven: {
      user: ALICE,
      expiresAt: NOW + 300,
      parent: undefined,
      parentToken: undefined,
      outside: undefined,
      ...proven,
    },
    chain: chainBehind(proven.parent),
    run: "the-run-that-begins",
    expiresAt: NOW + 900,
    now: NOW,
    ...change,
  };
}

export function evidence(
  digest: string,
  change: Partial<NonNullable<ProvenStart["outside"]>> = {},
): ProvenStart["outside"] {
  return { digest, single: false, until: NOW + 300, newSession: false, ...change };
}

/** Codes of the refusal with which it ended; what it resolved to is shown where it did not. */
export async function codesOf(refused: Promise<unknown>): Promise<readonly string[]> {
  const error: unknown = await refused.then(
    (value) => new Error(`not refused: ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof Refusal) return error.reasons.map(({ code }) => code);
  throw error;
}
