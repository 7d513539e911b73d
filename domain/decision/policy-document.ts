import { delegateCall, delegateTool } from "../handing-on";
import { sortedKeys } from "../json";
import { mapped } from "../mapped";
import { own } from "../own";
import type {
  AnyLevel,
  RegistryAgent,
  RegistryBudget,
  RegistryDocument,
  RegistryEdge,
  RegistryTask,
  RegistryTool,
} from "../registry/document";
import { accessesOf, callsOf, changes, reveals } from "../registry/entries";
import { Sensitivity } from "../sensitivity";
import { budgetKey, budgetUnits } from "./budget-key";
import type { PolicyFacts } from "./policy-facts";

/** Grows when an engine must change */
export const POLICY_VERSION = "ambit.policy/1";

/**
 * The engines' view of the fleet: one look-up each by SPIFFE ID, by tool and by dataset, in a fleet of any size. Sets
 * are objects, so that membership is a look-up too. It has no revision: signing sets the bundle's.
 */
export interface PolicyDocument {
  readonly version: typeof POLICY_VERSION;
  readonly trustDomain: string;
  readonly intentRequired: boolean;
  /** By SPIFFE ID */
  readonly agents: Readonly<Record<string, PolicyAgent>>;
  /** By name; each agent to which work is handed on is one too, as {@link delegateTool} */
  readonly tools: Readonly<Record<string, PolicyTool>>;
  /** Rank of each dataset's sensitivity, 0 for public to 3 for restricted */
  readonly datasets: Readonly<Record<string, number>>;
}

export type NameSet = Readonly<Record<string, true>>;

export interface PolicyAgent {
  readonly name: string;
  readonly suspended: boolean;
  /** Seconds since the epoch from which it may no longer act */
  readonly expires: number;
  readonly session: { readonly idleSeconds: number; readonly totalSeconds: number };
  readonly tasks: Readonly<Record<string, PolicyTask>>;
}

export interface PolicyTask {
  readonly startedBy: NameSet;
  readonly ttlSeconds: number;
  /** `<tool>.<action>`, and `agent:<agent>.<task>` of each delegate */
  readonly actions: NameSet;
  /** Names of the tools of `actions`, without delegates: they have no tokens of their own */
  readonly tools: NameSet;
  /** `<dataset>:<kind>` */
  readonly data: NameSet;
  /** Access of the task's AWS credentials; null if there are none */
  readonly aws: PolicyAws | null;
  /** By `<agent>.<task>` of the delegate */
  readonly delegates: Readonly<Record<string, PolicyEdge>>;
  /** Empty if no approval is needed */
  readonly approvalGroup: string;
  /** By {@link budgetKey} */
  readonly budgets: Readonly<Record<string, { readonly limit: number; readonly actions: NameSet | "any" }>>;
  readonly orders: readonly {
    readonly first: readonly string[];
    readonly then: NameSet;
    readonly within: "run" | "session";
  }[];
  /** Until then budgets, order and intent are noted and not refused; 0 if they are enforced */
  readonly observeUntil: number;
}

export interface PolicyAws {
  /** `<dataset>:<kind>` */
  readonly data: NameSet;
  /** Highest rank it can read; -1 if it reads nothing */
  readonly reads: number;
  /** Lowest rank it can write; 4 if it writes nothing */
  readonly writes: number;
}

export interface PolicyEdge {
  readonly depth: number;
  readonly actions: NameSet | "any";
  readonly data: NameSet | "any";
  /** Rank */
  readonly sensitivity: number;
  readonly ttlSeconds: number;
}

export interface PolicyTool {
  /** Host, with its port where it is not 443 */
  readonly destination: string;
  /** Rank */
  readonly clearance: number;
  /** Whether it uses the rights of the user served */
  readonly actsAsUser: boolean;
  readonly actions: Readonly<Record<string, PolicyAction>>;
}

export interface PolicyAction {
  /** High impact */
  readonly high: boolean;
  readonly outward: boolean;
  /** `<dataset>:<kind>` */
  readonly touches: NameSet;
}

/** What follows from a registry by itself */
export type DeclaredPolicy = Pick<PolicyDocument, "datasets" | "tools" | "trustDomain"> & {
  /** By SPIFFE ID */
  readonly agents: Readonly<Record<string, DeclaredAgent>>;
};

/** Of one that is expired a registry does not say whether it is suspended besides. */
export type DeclaredAgent = Omit<PolicyAgent, "suspended"> & Partial<Pick<PolicyAgent, "suspended">>;

type Registry = RegistryDocument<AnyLevel>;
type Task = RegistryTask<AnyLevel>;

const NOTHING_READ = -1;
const NOTHING_WRITTEN = Sensitivity.RESTRICTED.rank + 1;

/** What synth writes of a fleet, from its registry and what that does not say */
export function policyDocument(registry: RegistryDocument, facts: PolicyFacts): PolicyDocument {
  const { trustDomain, agents, tools, datasets } = declaredPolicy(registry);
  return {
    version: POLICY_VERSION,
    trustDomain,
    intentRequired: facts.intentRequired,
    agents: mapped(agents, (agent) => ({ suspended: facts.suspended.has(agent.name), ...agent })),
    tools,
    // Also what no task may use: a request may name it.
    datasets: { ...mapped(facts.touched, ({ rank }) => rank), ...datasets },
  };
}

/** One line, keys sorted: the same fleet gives the same bytes. */
export function policyJson(document: PolicyDocument): string {
  return `${JSON.stringify(document, sortedKeys)}\n`;
}

/** What policy engines must know of a fleet, for its registry says the same. It may be a stranger's. */
export function declaredPolicy(registry: Registry): DeclaredPolicy {
  const { agents, tools, datasets, trustDomain } = registry;
  return {
    trustDomain,
    agents: Object.fromEntries(
      Object.entries(agents).map(([name, agent]) => [agent.spiffeId, declaredAgent(name, agent, registry)]),
    ),
    tools: { ...mapped(tools, toolEntry), ...delegateTools(agents) },
    datasets: mapped(datasets, ({ sensitivity }) => rankOf(sensitivity)),
  };
}

/** What they must know of one agent */
export function declaredAgent(name: string, agent: RegistryAgent<AnyLevel>, registry: Registry): DeclaredAgent {
  return {
    name,
    ...(agent.state !== "expired" && { suspended: agent.state === "suspended" }),
    expires: seconds(agent.expires),
    session: agent.session,
    tasks: mapped(agent.tasks, (task) => taskEntry(task, registry)),
  };
}

function taskEntry(task: Task, registry: Registry): PolicyTask {
  return {
    startedBy: setOf(task.startedBy),
    ttlSeconds: task.ttlSeconds,
    actions: setOf([...callsOf(task), ...Object.keys(task.delegates).map(delegateCall)]),
    tools: setOf(Object.keys(task.tools)),
    data: setOf(accessesOf(task.data)),
    aws: awsEntry(task, registry),
    delegates: mapped(task.delegates, edgeEntry),
    approvalGroup: task.approval?.group ?? "",
    budgets: Object.fromEntries(task.budgets.map(budgetEntry)),
    orders: task.orders.map(({ first, then, within }) => ({ first: [...first].sort(), then: setOf(then), within })),
    observeUntil: task.observe === undefined ? 0 : seconds(task.observe.until),
  };
}

function budgetEntry(budget: RegistryBudget): readonly [string, PolicyTask["budgets"][string]] {
  return [budgetKey(budget), { limit: budgetUnits(budget), actions: allowed(budget.actions ?? "any") }];
}

function awsEntry({ data }: Task, { datasets }: Registry): PolicyAws | null {
  const grants = Object.entries(data).flatMap(([name, kinds]) => {
    const dataset = own(datasets, name);
    return dataset === undefined || dataset.kind === "external" ? [] : [{ name, kinds, dataset }];
  });
  if (grants.length === 0) return null;
  const ranks = (which: (grant: (typeof grants)[number]) => boolean): number[] =>
    grants.filter(which).map(({ dataset }) => rankOf(dataset.sensitivity));
  return {
    data: setOf(grants.flatMap(({ name, kinds }) => kinds.map((kind) => `${name}:${kind}`))),
    reads: Math.max(NOTHING_READ, ...ranks(({ dataset, kinds }) => reveals(dataset, kinds))),
    writes: Math.min(NOTHING_WRITTEN, ...ranks(({ kinds }) => changes(kinds))),
  };
}

function edgeEntry({ depth, actions, data, sensitivity, ttlSeconds }: RegistryEdge<AnyLevel>): PolicyEdge {
  return { depth, actions: allowed(actions), data: allowed(data), sensitivity: rankOf(sensitivity), ttlSeconds };
}

function toolEntry({ url, clearance, actsAs, actions }: RegistryTool<AnyLevel>): PolicyTool {
  return {
    destination: hostOf(url),
    clearance: rankOf(clearance),
    actsAsUser: actsAs === "user",
    actions: mapped(actions, ({ impact, outward, touches }) => ({
      high: impact === "high",
      outward,
      touches: setOf(accessesOf(touches)),
    })),
  };
}

/**
 * Work that is handed on has no effect of its own, and what it may tell is looked at when it arrives: edges bound that, not a clearance.
 */
function delegateTools(agents: Registry["agents"]): Record<string, PolicyTool> {
  const targets = Object.values(agents).flatMap(({ tasks }) =>
    Object.values(tasks).flatMap(({ delegates }) => Object.keys(delegates)),
  );
  const tools: Record<string, PolicyTool> = {};
  for (const target of targets) {
    const [agent = "", task = ""] = target.split(".");
    const name = delegateTool(agent);
    tools[name] = withHandedTask(tools[name], name, task);
  }
  return tools;
}

/** What stands for a delegate, with one more of its tasks */
export function withHandedTask(tool: PolicyTool | undefined, name: string, task: string): PolicyTool {
  const { actions, ...rest } = tool ?? {
    destination: name,
    clearance: Sensitivity.RESTRICTED.rank,
    actsAsUser: false,
    actions: {},
  };
  return { ...rest, actions: { ...actions, [task]: { high: false, outward: false, touches: {} } } };
}

/** Empty if `url` does not parse */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "";
}

function seconds(moment: string): number {
  return Date.parse(moment) / 1_000;
}

function rankOf(level: AnyLevel): number {
  return Sensitivity.from(level, "registry").rank;
}

function allowed(names: "any" | readonly string[]): NameSet | "any" {
  return names === "any" ? "any" : setOf(names);
}

function setOf(names: readonly string[]): NameSet {
  return Object.fromEntries(names.map((name) => [name, true as const]));
}
