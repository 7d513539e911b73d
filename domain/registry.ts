import type { AgentDeclaration } from "./agent";
import type { Clock } from "./clock";
import {
  AwsDataset,
  BoundTableDataset,
  BucketDataset,
  type DataAccess,
  type Dataset,
  SecretDataset,
  TableDataset,
} from "./dataset";
import type { Delegation } from "./delegation";
import type { Fleet } from "./fleet";
import type { Allowed } from "./rules/ceiling";
import { longestCredential, revocationHorizon } from "./rules/horizon";
import { riskOf } from "./rules/risk";
import type { Task } from "./task";
import type { Tool, ToolGrant } from "./tool";
import type { TrustDomain } from "./trust-domain";

/** Grows when a reader must change. The revision of one document is a counter set when it is signed, never here. */
export const REGISTRY_VERSION = "ambit.registry/1";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Whose tokens start tasks */
export interface RegistryTrust {
  /** Access tokens of users */
  readonly issuers: readonly RegistryIssuer[];
  /** Start tokens, by schedule or event */
  readonly starters: readonly (RegistryIssuer & { readonly starts: readonly ("event" | "schedule")[] })[];
}

export interface RegistryIssuer {
  /** Claim `iss`, an https address */
  readonly issuer: string;
  /** https address of its keys */
  readonly jwksUri: string;
  /** Of its signatures, sorted */
  readonly algorithms: readonly string[];
}

/** What the platform adds to the declarations */
export interface RegistryFacts {
  readonly trustDomain: TrustDomain;
  readonly clock: Clock;
  /** The organisation's own domains */
  readonly domains: readonly string[];
  readonly trust: RegistryTrust;
  /** AWS access of one task, or undefined where it has none */
  readonly aws: (agent: AgentDeclaration, task: Task) => AwsAccess | undefined;
}

export type AwsAccess = {
  /** ARN of the role */
  readonly role: string;
  /** JSON for STS; a federated agent has none, because its role is the task's own */
  readonly sessionPolicy?: string;
};

/** The fleet as one stable document: exchange, OPA, Cedar, inventory and review read it. */
export function registryOf(fleet: Fleet, facts: RegistryFacts): Json {
  return {
    version: REGISTRY_VERSION,
    trustDomain: facts.trustDomain.name,
    trust: {
      issuers: facts.trust.issuers.map((issuer) => ({ ...issuer })),
      starters: facts.trust.starters.map((starter) => ({ ...starter })),
    },
    agents: keyed(fleet.agents, (agent) => agentEntry(agent, facts)),
    tools: keyed(fleet.tools, (tool) => toolEntry(tool, facts)),
    datasets: keyed(fleet.datasets, datasetEntry),
  };
}

/** One line per key, sorted, so that a review of two documents shows what changed. */
export function registryJson(document: Json): string {
  return `${JSON.stringify(document, sortedKeys, 2)}\n`;
}

function agentEntry(agent: AgentDeclaration, facts: RegistryFacts): Json {
  const { tier, score } = riskOf(agent, facts.domains);
  return {
    spiffeId: `${agent.spiffeId(facts.trustDomain)}`,
    owner: agent.owner,
    purpose: agent.purpose,
    expires: agent.expires.timestamp,
    state: agent.state(facts.clock),
    workload: { namespace: agent.namespace, serviceAccount: agent.serviceAccount },
    credentials: agent.credentials,
    isolation: agent.isolation,
    risk: { tier, score },
    longestCredentialSeconds: longestCredential(agent).seconds,
    revocationHorizon: revocationHorizon(agent).map(({ path, seconds, because }) => ({ path, seconds, because })),
    clients: [...agent.clients].sort(),
    memory: agent.memory === "shared" ? agent.memory : undefined,
    session: { idleSeconds: agent.session.idle.seconds, totalSeconds: agent.session.total.seconds },
    tasks: keyed([...agent.tasks.values()], (task) => taskEntry(agent, task, facts)),
  };
}

function taskEntry(agent: AgentDeclaration, task: Task, facts: RegistryFacts): Json {
  return {
    startedBy: task.startedBy,
    ttlSeconds: task.ttl.seconds,
    tools: Object.fromEntries(task.tools.map(grantEntry)),
    data: Object.fromEntries(task.data.map((access) => [access.dataset.name, access.kinds])),
    delegates: Object.fromEntries(task.delegates.map((edge) => [edge.target, edgeEntry(edge)])),
    approval: task.approval && {
      group: task.approval.group,
      requestOpenSeconds: task.approval.requestOpen.seconds,
      decisionGoodForSeconds: task.approval.decisionGoodFor.seconds,
    },
    budgets: task.budgets.map(({ limit, period, actions, sumOf }) => ({ limit, period, actions, sumOf })),
    orders: task.orders.map(({ first, then, within }) => ({ first, then, within })),
    observe: task.observed && { until: task.observed.until.timestamp, reason: task.observed.reason },
    aws: facts.aws(agent, task),
  };
}

function grantEntry(grant: ToolGrant): [string, Json] {
  return [grant.tool.name, grant.actions.map((action) => action.name).sort()];
}

function edgeEntry({ ceiling }: Delegation): Json {
  return {
    depth: ceiling.depth,
    actions: named(ceiling.actions),
    data: named(ceiling.data),
    sensitivity: ceiling.sensitivity.name,
    ttlSeconds: ceiling.ttl.seconds,
  };
}

function named(allowed: Allowed): Json {
  return allowed === "any" ? "any" : [...allowed].sort();
}

function toolEntry(tool: Tool, facts: RegistryFacts): Json {
  return {
    kind: tool.kind,
    url: tool.url,
    clearance: tool.clearance.name,
    untrustedOutput: tool.untrustedOutput,
    schemaDigest: tool.schemaDigest,
    actsAs: tool.actsAs,
    actions: keyed([...tool.actions.values()], (action) => ({
      impact: action.impact,
      writes: action.writes,
      outward: tool.isOutward(action, facts.domains),
      outwardReason: action.outward?.reason,
      touches: Object.fromEntries(action.touches.map((access: DataAccess) => [access.dataset.name, access.kinds])),
      match: action.match as unknown as Json,
    })),
  };
}

function datasetEntry(dataset: Dataset): Json {
  const { kind, sensitivity } = dataset;
  const untrusted = dataset.untrusted || undefined;
  const owner = dataset instanceof AwsDataset ? { account: dataset.account, key: dataset.key } : {};
  return { kind, sensitivity: sensitivity.name, untrusted, ...owner, ...placeOf(dataset) };
}

function placeOf(dataset: Dataset): { readonly [key: string]: Json | undefined } {
  if (dataset instanceof BucketDataset) return { bucket: dataset.bucket, prefix: dataset.prefix };
  if (dataset instanceof SecretDataset) return { secret: dataset.secret };
  if (dataset instanceof TableDataset) return { table: dataset.table, indexes: dataset.indexes };
  return dataset instanceof BoundTableDataset ? { table: dataset.table, boundTo: dataset.boundTo } : {};
}

function keyed<T extends { readonly name: string }>(things: readonly T[], entry: (thing: T) => Json): Json {
  return Object.fromEntries(things.map((thing) => [thing.name, entry(thing)]));
}

/** For `JSON.stringify`: objects with sorted keys */
export function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
