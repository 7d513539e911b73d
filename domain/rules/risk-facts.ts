import { isReading } from "../dataset";
import { own } from "../own";
import type { AnyLevel, Declarations, DeclaredWork, RegistryTask, RegistryTool } from "../registry/document";
import { answersUntrusted, changes, taints } from "../registry/entries";
import type { RegistryWay } from "../registry/ways";
import { Sensitivity } from "../sensitivity";
import type { Start } from "../task";
import { arrivesUntrusted } from "./arrival";

interface TaskData {
  readonly sensitivity: Sensitivity;
  readonly reads: boolean;
  readonly writes: boolean;
}

interface TaskCall {
  /** Of its tool */
  readonly clearance: Sensitivity;
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

/** Names without an entry in the registry, as in a foreign one, add no risk. */
export function taskRiskFacts(registry: Declarations, agent: DeclaredWork, name: string): TaskRiskFacts {
  const task = agent.tasks[name] as RegistryTask<AnyLevel>;
  return {
    startedBy: task.startedBy,
    data: dataIn(task, registry),
    calls: callsIn(task, registry),
    readsUntrusted: Object.keys(task.data).some((each) => taints(registry, each, task.data[each] ?? [])),
    takesUntrusted: takesUntrusted(agent, name, task),
    handsOn: Object.keys(task.delegates).length > 0,
    isApproved: task.approval !== undefined,
    isObserved: task.observe !== undefined,
  };
}

function dataIn({ data }: RegistryTask<AnyLevel>, { datasets }: Declarations): readonly TaskData[] {
  return Object.keys(data).flatMap((name) => {
    const dataset = own(datasets, name);
    if (dataset === undefined) return [];
    const kinds = data[name] ?? [];
    const sensitivity = Sensitivity.from(dataset.sensitivity, "registry");
    return [{ sensitivity, reads: kinds.some(isReading), writes: changes(kinds) }];
  });
}

function callsIn(task: RegistryTask<AnyLevel>, registry: Declarations): readonly TaskCall[] {
  return Object.keys(task.tools).flatMap((name) => {
    const tool = own(registry.tools, name);
    return tool === undefined ? [] : callsOf(tool, task.tools[name] ?? [], registry);
  });
}

function callsOf(
  tool: RegistryTool<AnyLevel>,
  actions: readonly string[],
  registry: Declarations,
): readonly TaskCall[] {
  const clearance = Sensitivity.from(tool.clearance, "registry");
  return actions.flatMap((action) => {
    const called = own(tool.actions, action);
    if (called === undefined) return [];
    return [
      {
        clearance,
        untrustedOutput: answersUntrusted(registry, tool, called),
        isHighImpact: called.impact === "high",
        isOutward: called.outward,
        isUnpinned: called.unpinned !== undefined,
      },
    ];
  });
}

/** Whether a way in serves the task to callers that the way in does not trust */
export function takesUntrusted(agent: DeclaredWork, name: string, task: RegistryTask<AnyLevel>): boolean {
  return untrustedWays(agent, name, task).length > 0;
}

/** The ways in that serve the task to callers that they do not trust */
export function untrustedWays<Level>(
  { serves = {} }: { readonly serves?: Readonly<Record<string, RegistryWay<Level>>> | undefined },
  name: string,
  { startedBy }: Pick<RegistryTask, "startedBy">,
): readonly RegistryWay<Level>[] {
  const starts = startedBy.filter((start) => start !== "agent");
  return Object.values(serves).filter(
    ({ tasks, untrusted }) => tasks.includes(name) && starts.some((start) => arrivesUntrusted(start, untrusted)),
  );
}

interface Asked {
  readonly registry: Declarations;
  readonly agent: DeclaredWork;
  readonly task: RegistryTask<AnyLevel>;
  readonly name: string;
}

const KNOWN = new WeakMap<object, Asked & { readonly facts: TaskRiskFacts }>();

/**
 * The same, for those that ask for the same tasks again, also in a registry that has more about them, such as `aws`: they are worked out
 * once, for as long as all that they follow from is the same. A registry does not change.
 */
export function knownTaskRiskFacts(registry: Declarations, agent: DeclaredWork, name: string): TaskRiskFacts {
  const asked = { registry, agent, name, task: agent.tasks[name] as RegistryTask<AnyLevel> };
  const known = KNOWN.get(asked.task.tools);
  if (known !== undefined && followsFromSame(known, asked)) return known.facts;
  const facts = taskRiskFacts(registry, agent, name);
  KNOWN.set(asked.task.tools, { ...asked, facts });
  return facts;
}

function followsFromSame(one: Asked, other: Asked): boolean {
  return (
    one.name === other.name &&
    one.registry.tools === other.registry.tools &&
    one.registry.datasets === other.registry.datasets &&
    one.agent.serves === other.agent.serves &&
    isSameTask(one.task, other.task)
  );
}

/** In all that the facts follow from */
function isSameTask(one: RegistryTask<AnyLevel>, other: RegistryTask<AnyLevel>): boolean {
  return (
    one.tools === other.tools &&
    one.data === other.data &&
    one.startedBy === other.startedBy &&
    one.delegates === other.delegates &&
    one.approval === other.approval &&
    one.observe === other.observe
  );
}
