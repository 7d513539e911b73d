import {
  budgetKey,
  type NameSet,
  type PolicyAgent,
  type PolicyAws,
  type PolicyEdge,
  type PolicyTask,
  type PolicyTool,
  unitsOf,
} from "../../../domain";
import type {
  Registry,
  RegistryAgent,
  RegistryBudget,
  RegistryEdge,
  RegistryTask,
  RegistryTool,
} from "./registry-schema";

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

const READS = ["read", "list", "scan"];
const NOTHING_READ = -1;
const NOTHING_WRITTEN = 4;
const ANY = "any";

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
    actions: setOf(Object.entries(task.tools).flatMap(([tool, names]) => names.map((name) => `${tool}.${name}`))),
    tools: setOf(Object.keys(task.tools)),
    data: setOf(keysOf(task.data)),
    aws: awsEntry(task, registry),
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
  return [key, { limit: units, actions: actions === undefined ? ANY : setOf(actions) }];
}

function awsEntry(task: RegistryTask, { datasets }: Registry): PolicyAws | null {
  const granted = Object.entries(task.data).flatMap(([name, kinds]) => {
    const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
    return dataset === undefined || dataset.kind === "external" ? [] : [{ name, kinds, dataset }];
  });
  if (granted.length === 0) return null;
  const ranks = (some: typeof granted): readonly number[] => some.map(({ dataset }) => dataset.sensitivity.rank);
  const shown = granted.filter(
    ({ kinds, dataset }) => dataset.kind === "table" || kinds.some((kind) => READS.includes(kind)),
  );
  const written = granted.filter(({ kinds }) => kinds.some((kind) => !READS.includes(kind)));
  return {
    data: setOf(granted.flatMap(({ name, kinds }) => kinds.map((kind) => `${name}:${kind}`))),
    reads: Math.max(NOTHING_READ, ...ranks(shown)),
    writes: Math.min(NOTHING_WRITTEN, ...ranks(written)),
  };
}

function edgeEntry({ depth, actions, data, sensitivity, ttlSeconds }: RegistryEdge): PolicyEdge {
  return { depth, actions: allowed(actions), data: allowed(data), sensitivity: sensitivity.rank, ttlSeconds };
}

function allowed(names: readonly string[] | typeof ANY): NameSet | typeof ANY {
  return names === ANY ? ANY : setOf(names);
}

function toolEntry({ url, clearance, actsAs, actions }: RegistryTool): PolicyTool {
  return {
    destination: hostOf(url),
    clearance: clearance.rank,
    actsAsUser: actsAs === "user",
    actions: mapped(actions, ({ impact, outward, touches }) => ({
      high: impact === "high",
      outward,
      touches: setOf(keysOf(touches)),
    })),
  };
}

/** An address that is none has none. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

function keysOf(data: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return Object.entries(data).flatMap(([name, kinds]) => kinds.map((kind) => `${name}:${kind}`));
}

function setOf(names: readonly string[]): NameSet {
  return Object.fromEntries(names.map((name) => [name, true as const]));
}

function seconds(moment: string): number {
  return Date.parse(moment) / 1_000;
}

function mapped<From, To>(record: Readonly<Record<string, From>>, to: (one: From) => To): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([name, one]) => [name, to(one)]));
}
