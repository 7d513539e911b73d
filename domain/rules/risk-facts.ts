import { isReading } from "../dataset";
import { own } from "../own";
import type { AnyLevel, Declarations, RegistryTask } from "../registry/document";
import { answersUntrusted, changes, taints } from "../registry/entries";
import { Sensitivity } from "../sensitivity";
import type { Start } from "../task";

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
  readonly handsOn: boolean;
  readonly isApproved: boolean;
  readonly isObserved: boolean;
}

/** What a registry names and does not hold, as a stranger's may, raises nothing. */
export function taskRiskFacts(registry: Declarations, task: RegistryTask<AnyLevel>): TaskRiskFacts {
  const { tools, datasets } = registry;
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
    handsOn: Object.keys(task.delegates).length > 0,
    isApproved: task.approval !== undefined,
    isObserved: task.observe !== undefined,
  };
}
