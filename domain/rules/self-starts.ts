import type { AgentDeclaration } from "../agent";
import { refuse, shown } from "../errors";
import type { Task } from "../task";
import type { Found } from "./found";
import { actionsOfMember, nameOf } from "./knowers";
import { highestOf, type Learned, learnedBy } from "./learned";
import { type Place, placesOf } from "./places";
import { reachOf } from "./reach";
import { taintedDomains } from "./taint";
import { flowOf } from "./task-rules";

const FIX = "move it to an agent of its own, or start it by schedule or event";

/** What starts itself brings along all that its agent has read for any principal: there must be somewhere left to write. */
export function selfStartsAreNotLockedOut(agent: AgentDeclaration): void {
  const tasks = [...agent.tasks.values()];
  for (const task of tasks.filter(startsItself)) {
    const places = placesOf(task);
    for (const other of tasks.filter((each) => each !== task)) {
      for (const read of flowOf(other).reads) {
        const place = places.find(({ clearance }) => !clearance.covers(read.sensitivity));
        if (place === undefined) continue;
        refuse("start.agent-locked-out", agent.where, lockedOut(task, place, other.name, read));
      }
    }
  }
}

/** What no agent can see by itself: what those learn that hand work to it, or get work from it, it learns too. */
export function lockedOutSelfStart(agents: readonly AgentDeclaration[]): Found | undefined {
  const starting = agents.flatMap((agent) =>
    [...agent.tasks.values()].filter(startsItself).map((task) => ({ agent, task })),
  );
  if (starting.length === 0) return undefined;
  const learned = learnedBy(agents);
  for (const { agent, task } of starting) {
    const brings = [agent, ...reachOf(task).map((reached) => reached.agent)];
    const read = highestOf(brings.flatMap((each) => learned.get(each) ?? []));
    if (read === undefined) continue;
    const place = placesOf(task).find(({ clearance }) => !clearance.covers(read.sensitivity));
    if (place !== undefined) return { agent, sentence: lockedOut(task, place, read.task, read) };
  }
  return undefined;
}

function startsItself({ startedBy }: Task): boolean {
  return startedBy.includes("agent");
}

function lockedOut(task: Task, place: Place, reader: string, read: Pick<Learned, "name" | "sensitivity">): string {
  const sentence =
    `task ${shown(task.name)} is startedBy "agent", and could never again ${place.what} (${place.clearance}) ` +
    `once task ${shown(reader)} has read ${read.name} (${read.sensitivity})`;
  return `${sentence}: ${FIX}`;
}

/**
 * Self-starting tasks that could do their work at most once: a self-start inherits that its agent has read untrusted
 * output, and after that outward calls need approval.
 *
 * @param agents all of a fleet, because an agent also learns from its delegators
 */
export function taintedSelfStart(
  agents: readonly AgentDeclaration[],
  ownDomains: readonly string[],
): Found | undefined {
  if (!agents.some(({ tasks }) => [...tasks.values()].some(startsItself))) return undefined;
  for (const [domain, because] of taintedDomains(agents)) {
    if (!domain.startsItself) continue;
    const { members } = domain;
    for (const member of members.filter(({ task }) => task.approval === undefined)) {
      const call = actionsOfMember(member).find(({ tool, action }) => tool.isOutward(action, ownDomains));
      if (call === undefined) continue;
      const [{ agent, task }] = members;
      const name = `${call.tool.name}.${call.action.name}`;
      const sentence =
        `task ${shown(task.name)} is startedBy "agent", and ${nameOf(members, member)} could never again call ${name}, ` +
        `which is outward, once untrusted output is read (${because})`;
      return { agent, sentence: `${sentence}: ask for approval, ${FIX}` };
    }
  }
  return undefined;
}
