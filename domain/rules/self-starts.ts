import type { AgentDeclaration } from "../agent";
import { refuse, shown } from "../errors";
import type { Task } from "../task";
import type { Flow } from "./flow";
import { actionsOfMember, nameOf } from "./knowers";
import { highestOf, type Learned, learnedBy } from "./learned";
import { type Place, placesOf } from "./places";
import { reachOf } from "./reach";
import { taintedDomains } from "./taint";
import { flowOf } from "./task-rules";

const FIX = "move it to an agent of its own, or start it by schedule or event";

/**
 * What starts itself brings along all that its agent has read for any principal, and so does each agent that it hands
 * work to: there must be somewhere left to write.
 */
export function selfStartsAreNotLockedOut(agent: AgentDeclaration): void {
  for (const task of agent.tasks.values()) {
    if (!task.startedBy.includes("agent")) continue;
    const places = placesOf(task);
    for (const { name, reads } of readersBeside(agent, task)) {
      for (const read of reads) {
        const place = places.find(({ clearance }) => !clearance.covers(read.sensitivity));
        if (place === undefined) continue;
        refuse("start.agent-locked-out", agent.where, lockedOut(task, place, name, read));
      }
    }
  }
}

/** What no agent can see by itself: what those learn that hand work to it, it learns too. */
export function lockedOutSelfStart(
  agents: readonly AgentDeclaration[],
): { readonly agent: AgentDeclaration; readonly sentence: string } | undefined {
  const starting = agents.flatMap((agent) =>
    [...agent.tasks.values()].filter(({ startedBy }) => startedBy.includes("agent")).map((task) => ({ agent, task })),
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

function lockedOut(task: Task, place: Place, reader: string, read: Pick<Learned, "name" | "sensitivity">): string {
  const sentence =
    `task ${shown(task.name)} is startedBy "agent", and could never again ${place.what} (${place.clearance}) ` +
    `once task ${shown(reader)} has read ${read.name} (${read.sensitivity})`;
  return `${sentence}: ${FIX}`;
}

interface Reader {
  readonly name: string;
  readonly reads: Flow["reads"];
}

/** The other tasks of the agent, and all tasks of the agents that it hands work to */
function readersBeside(agent: AgentDeclaration, task: Task): readonly Reader[] {
  const others = [...new Set(reachOf(task).map((reached) => reached.agent))].filter((other) => other !== agent);
  return [
    ...[...agent.tasks.values()].filter((other) => other !== task).map((other) => readerOf(other.name, other)),
    ...others.flatMap(({ name, tasks }) =>
      [...tasks.values()].map((other) => readerOf(`${name}.${other.name}`, other)),
    ),
  ];
}

function readerOf(name: string, task: Task): Reader {
  return { name, reads: flowOf(task).reads };
}

/**
 * What starts itself and could do its work at most once: it brings along that its agent has read untrusted output, after
 * which nothing outward goes without approval.
 *
 * @param agents all of a fleet, as an agent learns from those that hand work to it too
 */
export function taintedSelfStart(
  agents: readonly AgentDeclaration[],
  ownDomains: readonly string[],
): { readonly agent: AgentDeclaration; readonly sentence: string } | undefined {
  const starts = ({ tasks }: AgentDeclaration): boolean =>
    [...tasks.values()].some(({ startedBy }) => startedBy.includes("agent"));
  if (!agents.some(starts)) return undefined;
  for (const [{ members, startsItself }, because] of taintedDomains(agents)) {
    if (!startsItself) continue;
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
