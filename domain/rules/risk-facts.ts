import { isReading } from "../dataset";
import { own } from "../own";
import type { AnyLevel, Declarations, DeclaredWork, RegistryTask } from "../registry/document";
import { answersUntrusted, changes, taints } from "../registry/entries";
import { Sensitivity } from "../sensitivity";
import type { Start } from "../task";
import { arrivesUntrusted } from "./arrival";

interface TaskData {
  readonly sensitivity: Sensitivity;
  readonly reads: boolean;
  readonly writes: boolean;
}

interface TaskCall {
  readonly untrustedOutput: boolean;
  readonly isHighImpact: boolean;
  readonly isOutward: boolean;
  readonly isUnpinned: boolean;
}

/** What of a task raises the risk of its agent */
export interface TaskRiskFacts {
  readonly startedBy: readonly Start[];
  readonly data: readonly TaskData[];
  /** Each action that it may call */
  readonly calls: readonly TaskCall[];
  /** Whether it may read an untrusted dataset */
  readonly readsUntrusted: boolean;
  /** Whether a way in serves it to callers that the way in does not trust */
  readonly takesUntrusted: boolean;
  readonly handsOn: boolean;
  readonly isApproved: boolean;
  readonly isObserved: boolean;
}

interface Known {
  readonly registry: Declarations;
  readonly agent: DeclaredWork;
  readonly task: RegistryTask<AnyLevel>;
  readonly name: string;
  readonly facts: TaskRiskFacts;
}

const KNOWN = new WeakMap<object, Known>();

/**
 * Names without an entry in the registry, as in a foreign one, add no risk.
 *
 * The risk and each guardrail about agents ask for the same tasks, also in a registry that has more about them, such as `aws`. So they
 * are worked out once, for as long as all that they follow from is the same: a registry does not change.
 */
export function taskRiskFacts(registry: Declarations, agent: DeclaredWork, name: string): TaskRiskFacts {
  const task = agent.tasks[name] as RegistryTask<AnyLevel>;
  const asked = { registry, agent, task, name };
  const known = KNOWN.get(task.tools);
  if (known !== undefined && followsFromSame(known, asked)) return known.facts;
  const facts = factsOf(asked);
  KNOWN.set(task.tools, { ...asked, facts });
  return facts;
}

function followsFromSame(one: Omit<Known, "facts">, other: Omit<Known, "facts">): boolean {
  return (
    one.name === other.name &&
    one.registry.tools === other.registry.tools &&
    one.registry.datasets === other.registry.datasets &&
    one.agent.serves === other.agent.serves &&
    FACTS_OF_TASK.every((property) => one.task[property] === other.task[property])
  );
}

/** What of a task the facts follow from */
const FACTS_OF_TASK = ["startedBy", "data", "tools", "delegates", "approval", "observe"] as const;

function factsOf({ registry, agent, task, name }: Omit<Known, "facts">): TaskRiskFacts {
  const { tools, datasets } = registry;
  const data: TaskData[] = [];
  let readsUntrusted = false;
  for (const [name, kinds] of Object.entries(task.data)) {
    const dataset = own(datasets, name);
    if (dataset === undefined) continue;
    const sensitivity = Sensitivity.from(dataset.sensitivity, "registry");
    data.push({ sensitivity, reads: kinds.some(isReading), writes: changes(kinds) });
    readsUntrusted ||= taints(registry, name, kinds);
  }
  const calls: TaskCall[] = [];
  for (const [name, actions] of Object.entries(task.tools)) {
    const tool = own(tools, name);
    if (tool === undefined) continue;
    for (const action of actions) {
      const called = own(tool.actions, action);
      if (called === undefined) continue;
      const untrustedOutput = answersUntrusted(registry, tool, called);
      calls.push({
        untrustedOutput,
        isHighImpact: called.impact === "high",
        isOutward: called.outward,
        isUnpinned: called.unpinned !== undefined,
      });
    }
  }
  return {
    startedBy: task.startedBy,
    data,
    calls,
    readsUntrusted,
    takesUntrusted: takesUntrusted(agent, name, task),
    handsOn: Object.keys(task.delegates).length > 0,
    isApproved: task.approval !== undefined,
    isObserved: task.observe !== undefined,
  };
}

/** Whether a way in serves the task to callers that the way in does not trust */
export function takesUntrusted(
  { serves = {} }: DeclaredWork,
  name: string,
  { startedBy }: RegistryTask<AnyLevel>,
): boolean {
  const ways = Object.values(serves).filter(({ tasks }) => tasks.includes(name));
  const starts = startedBy.filter((start) => start !== "agent");
  return ways.some(({ untrusted }) => starts.some((start) => arrivesUntrusted(start, untrusted)));
}
