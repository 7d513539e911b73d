import type { Fleet } from "../fleet";
import type { Sensitivity } from "../sensitivity";

/** What a policy document says and a registry does not */
export interface PolicyFacts {
  /** Names of agents that are suspended: of one that is expired, a registry does not say whether it is suspended besides */
  readonly suspended: ReadonlySet<string>;
  /** Of each dataset that an action touches, by name: a registry holds those alone that a task may use */
  readonly touched: Readonly<Record<string, Sensitivity>>;
  /** Whether every call must carry a verdict of the intent evaluator */
  readonly intentRequired: boolean;
}

/** What the registry of this fleet does not say */
export function policyFactsOf(
  { agents, tools }: Pick<Fleet, "agents" | "tools">,
  { intentRequired }: Pick<PolicyFacts, "intentRequired">,
): PolicyFacts {
  const touched = tools.flatMap((tool) => [...tool.actions.values()].flatMap((action) => action.touches));
  return {
    suspended: new Set(agents.filter((agent) => agent.suspended).map(({ name }) => name)),
    touched: Object.fromEntries(touched.map(({ dataset }) => [dataset.name, dataset.sensitivity])),
    intentRequired,
  };
}
