import type { AgentDeclaration } from "../agent";
import { type CredentialsKind } from "../credentials";
import type { Sensitivity } from "../sensitivity";
import type { Start, Task } from "../task";

/** What raises the risk of an agent, from its declaration or from what a registry says of it */
export interface RiskFacts {
  readonly credentials: CredentialsKind;
  readonly tasks: readonly TaskRiskFacts[];
}

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

export function riskFacts(agent: AgentDeclaration, ownDomains: readonly string[]): RiskFacts {
  return {
    credentials: agent.credentials,
    tasks: [...agent.tasks.values()].map((task) => taskFacts(task, ownDomains)),
  };
}

function taskFacts(task: Task, ownDomains: readonly string[]): TaskRiskFacts {
  return {
    startedBy: task.startedBy,
    data: task.data.map(({ dataset: { sensitivity }, reads, writes }) => ({ sensitivity, reads, writes })),
    calls: task.tools.flatMap(({ tool, actions }) =>
      actions.map((action) => ({
        untrustedOutput: tool.answersUntrusted(action),
        isHighImpact: action.impact === "high",
        isOutward: tool.isOutward(action, ownDomains),
      })),
    ),
    readsUntrusted: task.data.some((access) => access.taints),
    handsOn: task.delegates.length > 0,
    isApproved: task.approval !== undefined,
    isObserved: task.observed !== undefined,
  };
}
