import { own } from "../../domain";
import { isReading } from "../../domain/dataset";
import { answersUntrusted, taints } from "../../domain/registry/entries";
import { type HorizonFacts, horizonFrom, longestCredential } from "../../domain/rules/horizon";
import { riskFrom } from "../../domain/rules/risk";
import type { TaskRiskFacts } from "../../domain/rules/risk-facts";
import type { Registry, RegistryAgent, RegistryTask } from "../reach/declared/registry";
import type { Horizon, Risk } from "../review";

/** What follows from the declarations of one agent, as synth would write it */
export interface Derived {
  readonly risk: Risk;
  /** Longest first; undefined where more agents take its work than are followed */
  readonly horizon: readonly Horizon[] | undefined;
  readonly longestCredentialSeconds: number;
}

/** Agents behind one: honest fleets stay far below. */
const MOST_DELEGATES = 1_000;

/** @returns undefined where the registry has no such agent */
export function derivedOf(registry: Registry, name: string): Derived | undefined {
  const agent = own(registry.agents, name);
  if (agent === undefined) return undefined;
  const { tier, score, reasons } = riskFrom({
    credentials: agent.credentials,
    tasks: Object.values(agent.tasks).map((task) => riskFacts(task, registry)),
  });
  return {
    risk: { tier, score, reasons: reasons.map(({ because }) => because) },
    horizon: horizonOf(registry, name),
    longestCredentialSeconds: longestCredential({ ...agent, hasAwsData: hasAwsData(agent, registry) }).seconds,
  };
}

function riskFacts(task: RegistryTask, registry: Registry): TaskRiskFacts {
  const { tools, datasets } = registry;
  return {
    startedBy: task.startedBy,
    data: Object.entries(task.data).flatMap(([name, kinds]) => {
      const dataset = own(datasets, name);
      if (dataset === undefined) return [];
      const { sensitivity } = dataset;
      return { sensitivity, reads: kinds.some(isReading), writes: kinds.some((kind) => !isReading(kind)) };
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
    readsUntrusted: Object.entries(task.data).some(([name, kinds]) => taints(registry, name, kinds)),
    handsOn: Object.keys(task.delegates).length > 0,
    isApproved: task.approval !== undefined,
    isObserved: task.observe !== undefined,
  };
}

function hasAwsData({ tasks }: RegistryAgent, { datasets }: Registry): boolean {
  return Object.values(tasks)
    .flatMap(({ data }) => Object.keys(data))
    .some((name) => (own(datasets, name)?.kind ?? "external") !== "external");
}

function horizonOf(registry: Registry, name: string): readonly Horizon[] | undefined {
  let followed = 0;
  const factsOf = (agent: string): HorizonFacts<string> => {
    if (++followed > MOST_DELEGATES) throw new TooMany();
    return horizonFacts(registry, agent);
  };
  try {
    return horizonFrom(name, factsOf);
  } catch (error) {
    if (error instanceof TooMany) return undefined;
    throw error;
  }
}

class TooMany extends Error {}

/** A delegate that the registry does not hold reaches nothing that is known here. */
function horizonFacts(registry: Registry, name: string): HorizonFacts<string> {
  const agent = own(registry.agents, name);
  if (agent === undefined) {
    return { name, credentials: "brokered", hasTools: false, hasAwsData: false, delegates: [] };
  }
  const tasks = Object.values(agent.tasks);
  return {
    name,
    credentials: agent.credentials,
    hasTools: tasks.some(({ tools }) => Object.keys(tools).length > 0),
    hasAwsData: hasAwsData(agent, registry),
    delegates: tasks.flatMap(({ delegates }) => Object.keys(delegates).map((target) => target.split(".")[0] ?? "")),
  };
}
