import type { AgentDeclaration } from "../agent";
import { refuse, shown } from "../errors";
import type { Sensitivity } from "../sensitivity";
import type { Task } from "../task";
import { actionsOfMember, nameOf } from "./knowers";
import { taintedDomains } from "./taint";
import { flowOf } from "./task-rules";

const FIX = "move it to an agent of its own, or start it by schedule or event";

/** What starts itself brings along all that its agent has read for anybody: there must be somewhere left to write. */
export function selfStartsAreNotLockedOut(agent: AgentDeclaration): void {
  const tasks = [...agent.tasks.values()];
  for (const task of tasks.filter(({ startedBy }) => startedBy.includes("agent"))) {
    for (const other of tasks.filter((each) => each !== task)) {
      for (const read of flowOf(other).reads) {
        const place = placesOf(task).find(({ clearance }) => !clearance.covers(read.sensitivity));
        if (place === undefined) continue;
        const sentence =
          `task ${shown(task.name)} is startedBy "agent", and could never again ${place.what} (${place.clearance}) ` +
          `once task ${shown(other.name)} has read ${read.name} (${read.sensitivity})`;
        refuse("start.agent-locked-out", agent.where, `${sentence}: ${FIX}`);
      }
    }
  }
}

interface Place {
  /** What the task does there */
  readonly what: string;
  readonly clearance: Sensitivity;
}

function placesOf(task: Task): readonly Place[] {
  const { tools, writes } = flowOf(task);
  return [
    ...tools.map(({ name, clearance }) => ({ what: `call ${name}`, clearance })),
    ...writes.map(({ name, sensitivity }) => ({ what: `write ${name}`, clearance: sensitivity })),
    ...task.delegates.map(({ target, ceiling }) => ({ what: `hand on to ${target}`, clearance: ceiling.sensitivity })),
  ];
}

/**
 * Why what starts itself could do its work at most once: it brings along that its agent has read untrusted output, after
 * which nothing outward goes without approval.
 */
export function taintedSelfStart(agent: AgentDeclaration, ownDomains: readonly string[]): string | undefined {
  for (const [{ members, startsItself }, because] of taintedDomains([agent])) {
    if (!startsItself) continue;
    for (const member of members.filter(({ task }) => task.approval === undefined)) {
      const call = actionsOfMember(member).find(({ tool, action }) => tool.isOutward(action, ownDomains));
      if (call === undefined) continue;
      const [{ task }] = members;
      const name = `${call.tool.name}.${call.action.name}`;
      const sentence =
        `task ${shown(task.name)} is startedBy "agent", and ${nameOf(members, member)} could never again call ${name}, ` +
        `which is outward, once untrusted output is read (${because})`;
      return `${sentence}: ask for approval, ${FIX}`;
    }
  }
  return undefined;
}
