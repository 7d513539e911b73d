import { own, Sensitivity, type Start } from "../../../domain";
import { arrivesUntrusted } from "../../../domain/rules/arrival";
import { waysTo, STARTERS } from "../../reach/declared/agent-callers";
import type { RegistryAgent } from "../../reach/declared/registry";
import type { Gap } from "./gap";
import { intersection, type Side } from "../../reach/declared/side";

/**
 * How callers' input counts in a session: by the highest of all ways in that serve the task. A task without a way in starts
 * by the agent's own evidence, which raises nothing.
 */
export function arrivalGaps(narrow: Side, wide: Side): readonly Gap[] {
  return Object.entries(wide.agent.tasks).flatMap(([task, { startedBy }]) => {
    const before = own(narrow.agent.tasks, task);
    if (before === undefined) return [];
    const all = intersection(new Set<string>(before.startedBy), new Set<string>(startedBy)) as readonly Start[];
    const starts = all.filter((start) => start !== "agent");
    return starts.length === 0 ? [] : [...levelGaps(narrow, wide, task), ...taintGaps(narrow, wide, task, starts)];
  });
}

function levelGaps({ agent: narrow }: Side, { name, agent: wide }: Side, task: string): readonly Gap[] {
  const [was, is] = [levelOf(narrow, task), levelOf(wide, task)];
  if (is.covers(was)) return [];
  return [
    {
      kind: "sensitivity",
      what: `what callers send to task ${task} counts as ${is}`,
      otherwise: `${was}`,
      witness: `${was} data of a caller of task ${task}, sent to a place that is cleared for ${is} data`,
      at: `agents.${name}.serves`,
    },
  ];
}

function levelOf(agent: RegistryAgent, task: string): Sensitivity {
  return Sensitivity.highest(waysTo(agent, task).map(({ sensitivity }) => sensitivity));
}

function taintGaps(
  { agent: narrow }: Side,
  { name, agent: wide }: Side,
  task: string,
  starts: readonly Start[],
): readonly Gap[] {
  return starts
    .filter((start) => taints(narrow, task, start) && !taints(wide, task, start))
    .map((start) => ({
      kind: "enforcement",
      what: `what ${STARTERS[start].who} sends to task ${task} counts as trusted`,
      otherwise: "untrusted",
      witness: `a high-impact or outward call without approval, after a request with ${STARTERS[start].shows(`${name}.${task}`)}`,
      at: `agents.${name}.serves`,
    }));
}

function taints(agent: RegistryAgent, task: string, start: Start): boolean {
  return waysTo(agent, task).some(({ untrusted }) => arrivesUntrusted(start, untrusted));
}
