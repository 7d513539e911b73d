import type { CallFacts, RevocationFacts } from "../../domain";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import type { FleetAgent, FleetView } from "../registry/registry";
import { revisionSeen } from "../registry/revision-seen";
import { revocationFacts } from "../session/revocations";
import { readRun, type StoredRun } from "../session/runs";
import type { EpochState, StoredSession } from "../session/stored";
import { readOwn } from "../session/stored-sessions";
import type { AccessTokenClaims } from "../token/access-token";
import { isRunOf } from "../token/run-of-token";
import { type Arguments, type CallApproval, callApproval } from "./call-approval";

/** All that the store knows of a token's run now */
export interface Known {
  readonly state: EpochState;
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly claims: AccessTokenClaims;
  readonly stored: StoredRun;
  /** Of the agent */
  readonly own: StoredSession;
  readonly revocation: RevocationFacts;
  /** Of exactly this call; undefined if the task needs no approval, or where the call is not named */
  readonly approval: CallApproval | undefined;
  readonly revisionSeen: number;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** What is asked about: a token, and where it is known the call */
export interface KnownAbout {
  readonly claims: AccessTokenClaims;
  readonly call?: CallFacts | undefined;
  readonly arguments?: Arguments | undefined;
}

/**
 * @throws Refusal `token.invalid` where the run is not known or says other than the token, `token.session-ended`,
 *   `policy.stale` where another exchange used a newer registry, `agent.unknown`
 */
export async function knownOf(
  state: EpochState,
  fleet: FleetView,
  { claims, call, arguments: args }: KnownAbout,
  now: number,
): Promise<Known> {
  const stored = await runOf(state, claims);
  const { run } = stored;
  const [own, revocation, approval, seen] = await Promise.all([
    readOwn(state, fleet, run),
    revocationFacts(state.store, run, [claims.jti]),
    call && args && callApproval(state, fleet, { run, call, arguments: args }, now),
    revisionSeen(state.store),
  ]);
  if (fleet.revision < seen.revision) throw deniedBy("policy.stale");
  const agent = fleet.agentOf(run.spiffeId);
  if (agent === undefined) throw deniedBy("agent.unknown");
  return { state, fleet, agent, claims, stored, own, revocation, approval, revisionSeen: seen.revision, now };
}

/** @throws Refusal `token.invalid` where the run is not known or says other than the token */
export async function runOf(state: EpochState, claims: AccessTokenClaims): Promise<StoredRun> {
  const stored = await readRun(state, claims.run);
  if (stored === undefined || !isRunOf(stored.run, claims)) throw Refusal.of("token.invalid");
  return stored;
}
