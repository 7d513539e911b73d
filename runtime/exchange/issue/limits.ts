import { LIMITS } from "../../../domain";
import type { FleetAgent, FleetEdge, FleetTask } from "../../registry/registry";
import type { Session } from "../../session/session";
import type { ProvenStart } from "../evidence";

/** When a run that begins now must end, whole seconds since the epoch */
export function runEnd(now: number, task: FleetTask, edges: readonly FleetEdge[], proven: ProvenStart): number {
  const { by, expiresAt, parent } = proven;
  return Math.min(
    now + task.ttlSeconds,
    ...edges.map(({ ttlSeconds }) => now + ttlSeconds),
    parent?.expiresAt ?? Infinity,
    // A starter's token proves a moment and is short; a user's or a parent's says for how long it stands.
    by === "user" || by === "delegation" ? (expiresAt ?? Infinity) : Infinity,
  );
}

/** When a token that is made now must end. `proven` is of this request: undefined where a run goes on. */
export function tokenEnd(
  now: number,
  run: { readonly expiresAt: number },
  session: Session,
  agent: FleetAgent,
  proven: ProvenStart | undefined,
): number {
  return Math.min(
    now + LIMITS.accessToken.seconds,
    run.expiresAt,
    session.startedAt + agent.session.totalSeconds,
    session.lastUsedAt + agent.session.idleSeconds,
    agent.expires,
    proven?.expiresAt ?? Infinity,
  );
}
