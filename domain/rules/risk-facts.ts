import { isReading } from "../dataset";
import { own } from "../own";
import type { AnyLevel, Declarations, DeclaredWork, RegistryTask } from "../registry/document";
import { answersUntrusted, changes, taints } from "../registry/entries";
import { Sensitivity } from "../sensitivity";
import type { Start } from "../task";
import { arrivesUntrusted } from "./arrival";

/** What of a task raises the risk of its agent */
export interface TaskRiskFacts {
  readonly startedBy: readonly Start[];
  readonly data: readonly {
    readonly sensitivity: Sensitivity;
    readonly reads: boolean;
    readonly writes: boolean;
  }[];
  /** Each action that it may call */
  readonly calls: readonly {
    readonly untrustedOutput: boolean;
    readonly isHighImpact: boolean;
    readonly isOutward: boolean;
  }[];
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
  const { tools, datasets } = registry;
  const task = agent.tasks[name] as RegistryTask<AnyLevel>;
  const data = Object.entries(task.data);
  return {
    startedBy: task.startedBy,
    data: data.flatMap(([name, kinds]) => {
      const dataset = own(datasets, name);
      if (dataset === undefined) return [];
      const sensitivity = Sensitivity.from(dataset.sensitivity, "registry");
      return { sensitivity, reads: kinds.some(isReading), writes: changes(kinds) };
    }),
    calls: Object.entries(task.tools).flatMap(([name, actions]) => {
      const tool = own(tools, name);
      return actions.flatMap((action) => {
        const called = own(tool?.actions, action);
        if (tool === undefined || called === undefined) return [];
        const { impact, outward } = called;
        const untrustedOutput = answersUntrusted(registry, tool, called);
        return { untrustedOutput, isHighImpact: impact === "high", isOutward: outward };
      });
    }),
    readsUntrusted: data.some(([name, kinds]) => taints(registry, name, kinds)),
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
