import type { AgentDeclaration } from "../agent";
import { refuse, shown } from "../errors";
import type { Found } from "./found";
import { learnedBy } from "./learned";
import { placesOf } from "./places";
import { flowOf } from "./task-rules";

/** With shared memory, data read for one user counts for all, for good: an edge cleared for less could never be used again. */
export function sharedMemoryLocksNoEdge(agent: AgentDeclaration): void {
  const tasks = [...agent.tasks.values()];
  const reads = tasks.flatMap((task) => flowOf(task).reads);
  for (const task of tasks) {
    for (const { target, ceiling } of task.delegates) {
      const read = reads.find(({ sensitivity }) => !ceiling.sensitivity.covers(sensitivity));
      if (read === undefined) continue;
      const sentence =
        `memory "shared" would keep task ${shown(task.name)} from ever again handing work on to ${target} ` +
        `(${ceiling.sensitivity}) once ${read.name} (${read.sensitivity}) is read`;
      refuse("delegation.locked-out", agent.where, `${sentence}: move the edge to an agent that does not read it`);
    }
  }
}

/**
 * What no agent can see by itself: work that an agent gets tells it what its delegators know, at any time until it ends. What
 * is too much for one of its places closes that place to all users, for as long as it remembers.
 */
export function closedToAll(agents: readonly AgentDeclaration[]): Found | undefined {
  const sharing = agents.filter(({ memory }) => memory === "shared");
  if (sharing.length === 0) return undefined;
  const learned = learnedBy(agents);
  for (const agent of sharing) {
    const read = learned.get(agent);
    if (read === undefined) continue;
    for (const task of agent.tasks.values()) {
      const place = placesOf(task).find(({ clearance }) => !clearance.covers(read.sensitivity));
      if (place === undefined) continue;
      const sentence =
        `task ${shown(task.name)} could never again ${place.what} (${place.clearance}) for any user ` +
        `once task ${shown(read.task)} has read ${read.name} (${read.sensitivity}), as memory is "shared"`;
      const fix = "keep users apart and leave memory out, or take the edge to it from agents that read it";
      return { agent, sentence: `${sentence}: ${fix}` };
    }
  }
  return undefined;
}
