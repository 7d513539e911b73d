import type { AgentDeclaration } from "../agent";
import type { DataAccess, Dataset } from "../dataset";
import type { Delegation } from "../delegation";
import { dataKeys } from "../delegation";
import type { Fleet } from "../fleet";
import { sortedKeys } from "../json";
import type { Allowed } from "../rules/ceiling";
import { Sensitivity } from "../sensitivity";
import type { Task } from "../task";
import type { Tool } from "../tool";
import type { TrustDomain } from "../trust-domain";
import { budgetKey, budgetUnits } from "./budget-key";

/** Grows when an engine must change */
export const POLICY_VERSION = "ambit.policy/1";

export interface PolicyFacts {
  readonly trustDomain: TrustDomain;
  /** The organisation's own domains */
  readonly domains: readonly string[];
  /** Whether every call must carry a verdict of the intent evaluator */
  readonly intentRequired: boolean;
}

/**
 * What engines know of the fleet: one look-up by SPIFFE ID, one by tool, one by dataset, whatever the fleet's size.
 * Sets are objects, so that membership is a look-up too. The revision is not in it: it is set when the bundle is signed.
 */
export interface PolicyDocument {
  readonly version: typeof POLICY_VERSION;
  readonly trustDomain: string;
  readonly intentRequired: boolean;
  /** By SPIFFE ID */
  readonly agents: Readonly<Record<string, PolicyAgent>>;
  readonly tools: Readonly<Record<string, PolicyTool>>;
  /** Rank of each dataset's sensitivity, 0 for public to 3 for restricted */
  readonly datasets: Readonly<Record<string, number>>;
}

export type NameSet = Readonly<Record<string, true>>;

export interface PolicyAgent {
  readonly name: string;
  readonly suspended: boolean;
  /** Seconds since the epoch from which it may do nothing */
  readonly expires: number;
  readonly session: { readonly idleSeconds: number; readonly totalSeconds: number };
  readonly tasks: Readonly<Record<string, PolicyTask>>;
}

export interface PolicyTask {
  readonly startedBy: NameSet;
  readonly ttlSeconds: number;
  /** `<tool>.<action>` */
  readonly actions: NameSet;
  /** Names of the tools of `actions` */
  readonly tools: NameSet;
  /** `<dataset>:<kind>` */
  readonly data: NameSet;
  /** What AWS credentials of the task open; null where there are none */
  readonly aws: PolicyAws | null;
  /** By `<agent>.<task>` of the delegate */
  readonly delegates: Readonly<Record<string, PolicyEdge>>;
  /** Empty where nobody is asked */
  readonly approvalGroup: string;
  /** By {@link budgetKey} */
  readonly budgets: Readonly<Record<string, { readonly limit: number; readonly actions: NameSet | "any" }>>;
  readonly orders: readonly {
    readonly first: readonly string[];
    readonly then: NameSet;
    readonly within: "run" | "session";
  }[];
  /** Until then budgets, order and intent are noted and not refused; 0 where they are enforced */
  readonly observeUntil: number;
}

export interface PolicyAws {
  /** `<dataset>:<kind>` */
  readonly data: NameSet;
  /** Highest rank it may show; -1 where it shows nothing */
  readonly reads: number;
  /** Lowest rank it may write; 4 where it writes nothing */
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

const NOTHING_READ = -1;
const NOTHING_WRITTEN = Sensitivity.RESTRICTED.rank + 1;

export function policyDocument(fleet: Fleet, facts: PolicyFacts): PolicyDocument {
  const { trustDomain, domains, intentRequired } = facts;
  return {
    version: POLICY_VERSION,
    trustDomain: trustDomain.name,
    intentRequired,
    agents: Object.fromEntries(fleet.agents.map((agent) => [`${agent.spiffeId(trustDomain)}`, agentEntry(agent)])),
    tools: Object.fromEntries(fleet.tools.map((tool) => [tool.name, toolEntry(tool, domains)])),
    datasets: Object.fromEntries(datasetsOf(fleet).map(({ name, sensitivity }) => [name, sensitivity.rank])),
  };
}

/** One line, keys sorted: the same fleet gives the same bytes. */
export function policyJson(document: PolicyDocument): string {
  return `${JSON.stringify(document, sortedKeys)}\n`;
}

/** Also what actions touch that no task calls: a request may name them. */
function datasetsOf(fleet: Fleet): readonly Dataset[] {
  const touched = fleet.tools.flatMap((tool) => [...tool.actions.values()].flatMap((action) => action.touches));
  return [...new Set<Dataset>([...fleet.datasets, ...touched.map(({ dataset }) => dataset)])];
}

function agentEntry(agent: AgentDeclaration): PolicyAgent {
  return {
    name: agent.name,
    suspended: agent.suspended,
    expires: agent.expires.instant / 1000,
    session: { idleSeconds: agent.session.idle.seconds, totalSeconds: agent.session.total.seconds },
    tasks: Object.fromEntries([...agent.tasks.values()].map((task) => [task.name, taskEntry(task)])),
  };
}

function taskEntry(task: Task): PolicyTask {
  return {
    startedBy: setOf(task.startedBy),
    ttlSeconds: task.ttl.seconds,
    actions: setOf(task.tools.flatMap((grant) => grant.names)),
    tools: setOf(task.tools.map((grant) => grant.tool.name)),
    data: setOf(task.data.flatMap(dataKeys)),
    aws: awsEntry(task.awsData.map(awsGrant)),
    delegates: Object.fromEntries(task.delegates.map((edge) => [edge.target, edgeEntry(edge)])),
    approvalGroup: task.approval?.group ?? "",
    budgets: Object.fromEntries(
      task.budgets.map((budget) => [
        budgetKey(budget),
        { limit: budgetUnits(budget), actions: budget.actions === undefined ? "any" : setOf(budget.actions) },
      ]),
    ),
    orders: task.orders.map(({ first, then, within }) => ({ first: [...first].sort(), then: setOf(then), within })),
    observeUntil: (task.observed?.until.instant ?? 0) / 1000,
  };
}

function awsGrant(access: DataAccess): AwsGrant {
  return {
    keys: dataKeys(access),
    rank: access.dataset.sensitivity.rank,
    reveals: access.reveals,
    writes: access.writes,
  };
}

/** What a task may do with one dataset in AWS */
export interface AwsGrant {
  /** `<dataset>:<kind>` */
  readonly keys: readonly string[];
  /** Of its sensitivity */
  readonly rank: number;
  readonly reveals: boolean;
  readonly writes: boolean;
}

export function awsEntry(grants: readonly AwsGrant[]): PolicyAws | null {
  if (grants.length === 0) return null;
  const ranks = (of: (grant: AwsGrant) => boolean): number[] => grants.filter(of).map(({ rank }) => rank);
  return {
    data: setOf(grants.flatMap(({ keys }) => keys)),
    reads: Math.max(NOTHING_READ, ...ranks(({ reveals }) => reveals)),
    writes: Math.min(NOTHING_WRITTEN, ...ranks(({ writes }) => writes)),
  };
}

function edgeEntry({ ceiling }: Delegation): PolicyEdge {
  return {
    depth: ceiling.depth,
    actions: allowed(ceiling.actions),
    data: allowed(ceiling.data),
    sensitivity: ceiling.sensitivity.rank,
    ttlSeconds: ceiling.ttl.seconds,
  };
}

export function allowed(names: Allowed | readonly string[]): NameSet | "any" {
  return names === "any" ? "any" : setOf([...names]);
}

function toolEntry(tool: Tool, domains: readonly string[]): PolicyTool {
  return {
    destination: tool.host,
    clearance: tool.clearance.rank,
    actsAsUser: tool.actsAs === "user",
    actions: Object.fromEntries(
      [...tool.actions.values()].map((action) => [
        action.name,
        {
          high: action.impact === "high",
          outward: tool.isOutward(action, domains),
          touches: setOf(action.touches.flatMap(dataKeys)),
        },
      ]),
    ),
  };
}

export function setOf(names: readonly string[]): NameSet {
  return Object.fromEntries(names.map((name) => [name, true as const]));
}
