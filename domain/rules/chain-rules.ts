import { refuse } from "../errors";
import type { Task } from "../task";
import { actionsOf, dataOf, type Reached, reachOf } from "./reach";

/** What an agent may not start by itself it may not have another agent do for it either. */
export function agentStartsReachNoHarm(task: Task, where: string): void {
  if (!task.startedBy.includes("agent")) return;
  for (const reached of reachOf(task)) {
    const harm = harmOf(reached);
    if (harm !== undefined) {
      const sentence = `startedBy "agent" is refused where delegation reaches ${harm.what} (${chainOf(task, reached)})`;
      const fix = `leave it out of the ${harm.property} of an edge, or start the task by user, schedule, event or delegation`;
      refuse("start.agent-too-risky", where, `${sentence}: ${fix}`);
    }
  }
}

/** A chain keeps the user of its first task, or has none to its end. */
export function chainsHaveTheirUser(task: Task, where: string): void {
  const alone = task.startWithoutUser;
  if (alone === undefined) return;
  for (const reached of reachOf(task)) {
    const need = needOf(reached);
    if (need !== undefined) {
      const sentence = `${need.what}, but startedBy "${alone}" brings none along (${chainOf(task, reached)})`;
      const fix = `leave it out of the ${need.property} of an edge, or start the task by user or delegation`;
      refuse("start.needs-user", where, `${sentence}: ${fix}`);
    }
  }
}

interface Finding {
  readonly what: string;
  /** Of the edge */
  readonly property: "data" | "tools";
}

function harmOf(reached: Reached): Finding | undefined {
  const data = dataOf(reached).find(({ dataset }) => dataset.sensitivity.isConfidential);
  if (data !== undefined) {
    return { what: `the ${data.dataset.sensitivity} data ${data.dataset.name}`, property: "data" };
  }
  const high = actionsOf(reached).find(({ action }) => action.impact === "high");
  if (high === undefined) return undefined;
  return { what: `the high-impact action ${high.tool.name}.${high.action.name}`, property: "tools" };
}

function needOf(reached: Reached): Finding | undefined {
  const call = actionsOf(reached).find(({ tool }) => tool.actsAs === "user");
  if (call !== undefined) return { what: `${call.tool.name} acts as the user`, property: "tools" };
  const data = dataOf(reached).find(({ boundTo }) => boundTo === "user");
  return data && { what: `${data.dataset.name} is bound to a user`, property: "data" };
}

function chainOf(task: Task, { chain }: Reached): string {
  return [task.name, ...chain].join(" → ");
}
