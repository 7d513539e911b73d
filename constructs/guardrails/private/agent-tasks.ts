import type { RegistryAgent, RegistryDocument, RegistryTask } from "../../../domain";
import { knownTaskRiskFacts, type TaskRiskFacts } from "../../../domain/rules/risk-facts";
import { oncePer } from "./once-per";

/** A task, with what of it raises the risk of its agent */
export interface AgentTask {
  readonly name: string;
  readonly task: RegistryTask;
  readonly facts: TaskRiskFacts;
}

/** Most rules about agents ask. */
const tasksIn = oncePer<RegistryDocument, Map<RegistryAgent, readonly AgentTask[]>>(() => new Map());

export function tasksOf(agent: RegistryAgent, registry: RegistryDocument): readonly AgentTask[] {
  const known = tasksIn(registry);
  const before = known.get(agent);
  if (before !== undefined) return before;
  const tasks = Object.keys(agent.tasks).map((name) => ({
    name,
    task: agent.tasks[name] as RegistryTask,
    facts: knownTaskRiskFacts(registry, agent, name),
  }));
  known.set(agent, tasks);
  return tasks;
}
