import type { RegistryAgent, RegistryDocument } from "../../../domain";
import { type TaskRiskFacts, taskRiskFacts } from "../../../domain/rules/risk-facts";

type OfAgents = WeakMap<RegistryAgent, Map<string, TaskRiskFacts>>;

const KNOWN = new WeakMap<RegistryDocument, OfAgents>();

/** What of a task raises the risk of its agent. Each rule about agents asks, and a registry does not change. */
export function taskFacts(registry: RegistryDocument, agent: RegistryAgent, task: string): TaskRiskFacts {
  const agents: OfAgents = KNOWN.get(registry) ?? new WeakMap<RegistryAgent, Map<string, TaskRiskFacts>>();
  KNOWN.set(registry, agents);
  const known = agents.get(agent) ?? new Map<string, TaskRiskFacts>();
  agents.set(agent, known);
  const facts = known.get(task) ?? taskRiskFacts(registry, agent, task);
  known.set(task, facts);
  return facts;
}
