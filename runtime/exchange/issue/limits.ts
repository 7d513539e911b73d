import { LIMITS } from "../../../domain";
import type { FleetAgent, FleetEdge, FleetTask, FleetView } from "../../registry/registry";
import type { ProvenStart } from "../../session/evidence";
import type { Run, Session } from "../../session/session";

/** When a run that begins now must end, whole seconds since the epoch */
export function runEnd(now: number, task: FleetTask, edges: readonly FleetEdge[], proven: ProvenStart): number {
  const { by, expiresAt, parent } = proven;
  return Math.min(
    now + task.ttlSeconds,
    ...edges.map(({ ttlSeconds }) => now + ttlSeconds),
    parent?.expiresAt ?? Infinity,
    // A starter's token proves a moment and is short, as one that hands work on; a user's says for how long it stands.
    by === "user" ? (expiresAt ?? Infinity) : Infinity,
  );
}

export interface TokenBounds {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly run: Run;
  readonly session: Session;
  /** What this request has shown; undefined if a run just goes on */
  readonly proven: ProvenStart | undefined;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** When a token that is made now must end, whole seconds since the epoch */
export function tokenEnd({ fleet, agent, run, session, proven, now }: TokenBounds): number {
  return Math.min(
    now + LIMITS.accessToken.seconds,
    run.expiresAt,
    session.startedAt + agent.session.totalSeconds,
    // The session is in use now, and may be idle from now on.
    now + agent.session.idleSeconds,
    agent.expires,
    // A delegator that is declared no more is refused by the policy.
    ...run.chain.map(({ spiffeId }) => fleet.agentOf(spiffeId)?.expires ?? now),
    proven?.expiresAt ?? Infinity,
  );
}
