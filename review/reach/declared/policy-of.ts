import {
  budgetKey,
  own,
  type PolicyAgent,
  type PolicyAws,
  type PolicyEdge,
  type PolicyTask,
  type PolicyTool,
  unitsOf,
} from "../../../domain";
import { isReading } from "../../../domain/dataset";
import { allowed, awsEntry, setOf } from "../../../domain/decision/policy-document";
import type { Registry, RegistryAgent, RegistryBudget, RegistryEdge, RegistryTask, RegistryTool } from "./registry";
import { accessesOf, callsOf } from "./work";

/** What policy engines must know of a fleet, for its registry says the same. Without a dataset that no agent is granted. */
export interface PolicyOf {
  readonly trustDomain: string;
  /** By SPIFFE ID */
  readonly agents: Readonly<Record<string, DeclaredAgent>>;
  readonly tools: Readonly<Record<string, PolicyTool>>;
  /** Ranks */
  readonly datasets: Readonly<Record<string, number>>;
}

export type DeclaredAgent = Omit<PolicyAgent, "suspended"> & Partial<Pick<PolicyAgent, "suspended">>;

export function policyOf(registry: Registry): PolicyOf {
  const { agents, tools, datasets, trustDomain } = registry;
  return {
    trustDomain,
    agents: Object.fromEntries(
      Object.entries(agents).map(([name, agent]) => [agent.spiffeId, agentEntry(name, agent, registry)]),
    ),
    tools: mapped(tools, toolEntry),
    datasets: mapped(datasets, ({ sensitivity }) => sensitivity.rank),
  };
}

function agentEntry(name: string, agent: RegistryAgent, registry: Registry): DeclaredAgent {
  return {
    name,
    // The registry does not say of an expired agent whether it is suspended besides.
    ...(agent.state !== "expired" && { suspended: agent.state === "suspended" }),
    expires: seconds(agent.expires),
    session: agent.session,
    tasks: mapped(agent.tasks, (task) => taskEntry(task, registry)),
  };
}

function taskEntry(task: RegistryTask, registry: Registry): PolicyTask {
  return {
    startedBy: setOf(task.startedBy),
    ttlSeconds: task.ttlSeconds,
    actions: setOf(callsOf(task)),
    tools: setOf(Object.keys(task.tools)),
    data: setOf(accessesOf(task.data)),
    aws: awsOf(task, registry),
    delegates: mapped(task.delegates, edgeEntry),
    approvalGroup: task.approval?.group ?? "",
    budgets: Object.fromEntries(task.budgets.map(budgetEntry)),
    orders: task.orders.map(({ first, then, within }) => ({ first: [...first].sort(), then: setOf(then), within })),
    observeUntil: task.observe === undefined ? 0 : seconds(task.observe.until),
  };
}

function budgetEntry({
  limit,
  period,
  actions,
  sumOf,
}: RegistryBudget): readonly [string, PolicyTask["budgets"][string]] {
  const key = budgetKey({ limit, period, actions, sumOf });
  const units = sumOf === undefined ? limit : (unitsOf(limit) ?? NaN);
  return [key, { limit: units, actions: actions === undefined ? "any" : setOf(actions) }];
}

function awsOf({ data }: RegistryTask, { datasets }: Registry): PolicyAws | null {
  const grants = Object.entries(data).flatMap(([name, kinds]) => {
    const dataset = own(datasets, name);
    if (dataset === undefined || dataset.kind === "external") return [];
    return {
      keys: kinds.map((kind) => `${name}:${kind}`),
      rank: dataset.sensitivity.rank,
      reveals: dataset.kind === "table" || kinds.some(isReading),
      writes: kinds.some((kind) => !isReading(kind)),
    };
  });
  return awsEntry(grants);
}

function edgeEntry({ depth, actions, data, sensitivity, ttlSeconds }: RegistryEdge): PolicyEdge {
  return { depth, actions: allowed(actions), data: allowed(data), sensitivity: sensitivity.rank, ttlSeconds };
}

function toolEntry({ url, clearance, actsAs, actions }: RegistryTool): PolicyTool {
  return {
    destination: hostOf(url),
    clearance: clearance.rank,
    actsAsUser: actsAs === "user",
    actions: mapped(actions, ({ impact, outward, touches }) => ({
      high: impact === "high",
      outward,
      touches: setOf(accessesOf(touches)),
    })),
  };
}

/** An address that is none has none. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

function seconds(moment: string): number {
  return Date.parse(moment) / 1_000;
}

function mapped<From, To>(record: Readonly<Record<string, From>>, to: (one: From) => To): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([name, one]) => [name, to(one)]));
}
