import { LIMITS } from "../../../domain";
import type { FleetAgent, FleetTask, FleetView } from "../../registry/registry";
import type { Revocation } from "../../session/revocations";

/** Of an agent that the registry does not tell of: an SVID, and an AWS session behind it (docs/suspend-or-retire-an-agent.md) */
const LONGEST = LIMITS.x509Svid.seconds + LIMITS.federatedSession.seconds;

/** Starts that a start token proves */
const BY_TOKEN: readonly FleetTask["startedBy"][number][] = ["event", "schedule"];

/** A user's runs, and what started them */
export const USER_RESTORABLE_SECONDS =
  Math.max(LIMITS.taskTtl.ceiling.seconds, LIMITS.userEvidence.seconds) + LIMITS.clockSkew.seconds;

/**
 * Seconds from a stop until everything that the agent got before has expired: its horizon, its runs and those it
 * delegated, their start tokens, and decided approvals. An agent restored earlier would continue that work.
 */
export function restorableSeconds(fleet: Pick<FleetView, "agentNamed">, agent: FleetAgent | undefined): number {
  if (agent === undefined) return LONGEST + LIMITS.clockSkew.seconds;
  const paths = agent.horizon?.map(({ seconds }) => seconds) ?? [LONGEST];
  const tasks = [...agent.tasks.values()].map((task) => taskSeconds(fleet, task));
  return Math.max(0, ...paths, ...tasks) + LIMITS.clockSkew.seconds;
}

function taskSeconds(fleet: Pick<FleetView, "agentNamed">, task: FleetTask): number {
  const { ttlSeconds, startedBy } = task;
  const evidence = startedBy.includes("user") ? LIMITS.userEvidence : LIMITS.startEvidence;
  // A start token starts again while people may decide, and while what they approved can be used, also of what was handed on behind it.
  const isByToken = startedBy.some((start) => BY_TOKEN.includes(start));
  const asking = isByToken ? [task, ...handedOn(fleet, task)] : [task];
  return Math.max(ttlSeconds, evidence.seconds, ...asking.map(waitingSeconds));
}

function waitingSeconds({ approval }: FleetTask): number {
  return approval === undefined ? 0 : approval.requestOpenSeconds + approval.decisionGoodForSeconds;
}

/** Tasks of delegates, and of theirs, that are declared */
function handedOn(fleet: Pick<FleetView, "agentNamed">, first: FleetTask): ReadonlySet<FleetTask> {
  const found = new Set<FleetTask>();
  const follow = ({ delegates }: FleetTask): void => {
    for (const name of delegates.keys()) {
      const [agent = "", task = ""] = name.split(".");
      const next = fleet.agentNamed(agent)?.tasks.get(task);
      if (next === undefined || found.has(next)) continue;
      found.add(next);
      follow(next);
    }
  };
  follow(first);
  return found;
}

/**
 * Whole seconds since the epoch, before which it is not restored: by what was declared when it was stopped, and by what is now. Either
 * may be longer.
 */
export function restorableFrom(
  fleet: Pick<FleetView, "agentNamed">,
  target: { readonly kind: "user" } | { readonly kind: "agent"; readonly id: string },
  { at, restorableAt = 0 }: Pick<Revocation, "at" | "restorableAt">,
): number {
  const seconds =
    target.kind === "user" ? USER_RESTORABLE_SECONDS : restorableSeconds(fleet, fleet.agentNamed(target.id));
  return Math.max(restorableAt, at + seconds);
}
