import type { Json, RegistryAgent, RegistryDocument, RegistryTask } from "../../../domain";
import { handedFacts } from "../../../domain/rules/handed-facts";
import { handedWork } from "../../../domain/rules/handed-work";
import { knownTaskRiskFacts } from "../../../domain/rules/risk-facts";
import { Sensitivity } from "../../../domain/sensitivity";
import { handedRights, rightsOf } from "./handed-rights";
import { oncePer } from "./once-per";

/** What of an agent's work may tell it confidential data */
export interface ConfidentialWork {
  /** Its tasks that read such data */
  readonly reading: readonly string[];
  /** Its tasks whose delegates do, with their rights */
  readonly handed: Readonly<Record<string, Json>>;
  /** `<agent>.<task>` of others that hand it work after such a read, or answers of it, with their rights */
  readonly told: Readonly<Record<string, Json>>;
}

/** Undefined if there is none */
export function confidentialWorkOf(agent: RegistryAgent, registry: RegistryDocument): ConfidentialWork | undefined {
  const reading: string[] = [];
  const handed: Record<string, Json> = {};
  for (const [name, task] of Object.entries(agent.tasks)) {
    const reads = readsOf(registry, agent, name);
    if (reads.own.length > 0) reading.push(name);
    if (reads.by.length > 0) handed[name] = handedRights(task, reads.by, registry);
  }
  const told = toldIn(registry).get(agent) ?? {};
  return reading.length + Object.keys({ ...handed, ...told }).length > 0 ? { reading, handed, told } : undefined;
}

interface Reads {
  /** Of the task itself */
  readonly own: readonly Sensitivity[];
  readonly handed: readonly Sensitivity[];
  /** The delegates */
  readonly by: readonly string[];
}

/** Confidential data that is read in work which a task begins */
function readsOf(registry: RegistryDocument, agent: RegistryAgent, name: string): Reads {
  const own = knownTaskRiskFacts(registry, agent, name).data.filter(isConfidential);
  const handed = handedFacts(registry, agent.tasks[name] as RegistryTask).flatMap(({ by, data }) =>
    data !== undefined && isConfidential(data) ? [{ by, ...data }] : [],
  );
  const levelsOf = (all: readonly { readonly sensitivity: Sensitivity }[]) => all.map(({ sensitivity }) => sensitivity);
  return { own: levelsOf(own), handed: levelsOf(handed), by: handed.map(({ by }) => by) };
}

function isConfidential({
  reads,
  sensitivity,
}: {
  readonly reads: boolean;
  readonly sensitivity: Sensitivity;
}): boolean {
  return reads && sensitivity.isConfidential;
}

/** By agent, the work of others that tells it. Each agent with shared memory asks. */
const toldIn = oncePer((registry: RegistryDocument): ReadonlyMap<RegistryAgent, ConfidentialWork["told"]> => {
  const told = new Map<RegistryAgent, Record<string, Json>>();
  for (const [from, agent] of Object.entries(registry.agents)) {
    for (const [name, task] of Object.entries(agent.tasks)) {
      if (Object.keys(task.delegates).length === 0) continue;
      const { own, handed, by } = readsOf(registry, agent, name);
      const levels = [...own, ...handed];
      if (levels.length === 0) continue;
      const lowest = Sensitivity.lowest(levels);
      const rights = { own: rightsOf(`${from}.${name}`, registry), ...handedRights(task, by, registry) };
      for (const [target, limit] of handedWork(registry.agents, task.delegates)) {
        const [to = ""] = target.split(".");
        const other = registry.agents[to] as RegistryAgent;
        // Once it was read, an edge below it carries no more work.
        if (!limit.covers(lowest)) continue;
        const tellers = told.get(other) ?? {};
        tellers[`${from}.${name}`] = rights;
        told.set(other, tellers);
      }
    }
  }
  return told;
});
