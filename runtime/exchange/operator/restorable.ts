import { LIMITS } from "../../../domain";
import type { FleetAgent, FleetTask } from "../../registry/registry";

/** Whatever an agent is that the registry does not tell of: an SVID, and an AWS session behind it (docs/suspend-or-retire-an-agent.md) */
const LONGEST = LIMITS.x509Svid.seconds + LIMITS.federatedSession.seconds;

/** A user's runs, and what started them */
export const USER_RESTORABLE_SECONDS =
  Math.max(LIMITS.taskTtl.ceiling.seconds, LIMITS.userEvidence.seconds) + LIMITS.clockSkew.seconds;

/**
 * Seconds from a stop until nothing that the agent was given before is good any more: what its horizon counts, its runs with what it
 * has handed on, what started them, and what people have decided. An agent that acts again sooner would go on with it.
 */
export function restorableSeconds(agent: FleetAgent | undefined): number {
  if (agent === undefined) return LONGEST + LIMITS.clockSkew.seconds;
  const paths = agent.horizon?.map(({ seconds }) => seconds) ?? [LONGEST];
  return Math.max(0, ...paths, ...[...agent.tasks.values()].map(taskSeconds)) + LIMITS.clockSkew.seconds;
}

function taskSeconds({ ttlSeconds, startedBy, approval }: FleetTask): number {
  const evidence = startedBy.includes("user") ? LIMITS.userEvidence : LIMITS.startEvidence;
  return Math.max(ttlSeconds, evidence.seconds, approval?.decisionGoodForSeconds ?? 0);
}
