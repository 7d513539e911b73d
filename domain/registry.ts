import type { AgentDeclaration } from "./agent";
import { AwsDataset, type DataAccess, type Dataset } from "./dataset";
import type { Delegation } from "./delegation";
import type { Fleet } from "./fleet";
import type { Risk } from "./rules/risk";
import type { Task } from "./task";
import type { Tool, ToolAction, ToolGrant } from "./tool";

/** Grows when a reader must change. The revision of one document is a counter set when it is signed, never here. */
export const REGISTRY_VERSION = "ambit.registry/1";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** What the platform adds to the declarations */
export interface RegistryFacts {
  readonly trustDomain: string;
  readonly spiffeId: (agent: AgentDeclaration) => string;
  readonly suspended: (agent: AgentDeclaration) => boolean;
  readonly risk: (agent: AgentDeclaration) => Risk;
  readonly horizonSeconds: (agent: AgentDeclaration) => number;
  readonly outward: (tool: Tool, action: ToolAction) => boolean;
  /** AWS access of one task, or undefined where it has none */
  readonly aws: (
    agent: AgentDeclaration,
    task: Task,
  ) => { readonly role: string; readonly sessionPolicy?: string } | undefined;
}

/** The fleet as one stable document: exchange, OPA, Cedar, inventory and review read it. */
export function registryOf(fleet: Fleet, facts: RegistryFacts): Json {
  return {
    version: REGISTRY_VERSION,
    trustDomain: facts.trustDomain,
    agents: keyed(fleet.agents, (agent) => agentEntry(agent, facts)),
    tools: keyed(fleet.tools, (tool) => toolEntry(tool, facts)),
    datasets: keyed(fleet.datasets, datasetEntry),
  };
}

/** One line per key, sorted, so that a review of two documents shows what changed. */
export function registryJson(document: Json): string {
  return `${JSON.stringify(document, sorted, 2)}\n`;
}

function agentEntry(agent: AgentDeclaration, facts: RegistryFacts): Json {
  return {
    spiffeId: facts.spiffeId(agent),
    owner: agent.owner,
    purpose: agent.purpose,
    expires: agent.expires.timestamp,
    suspended: facts.suspended(agent),
    workload: { namespace: agent.namespace, serviceAccount: agent.serviceAccount },
    credentials: agent.credentials,
    isolation: agent.isolation,
    risk: { tier: facts.risk(agent).tier, score: facts.risk(agent).score },
    revocationHorizonSeconds: facts.horizonSeconds(agent),
    clients: [...agent.clients].sort(),
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
    aws: facts.aws(agent, task),
  };
}

function grantEntry(grant: ToolGrant): [string, Json] {
  return [grant.tool.name, grant.actions.map((action) => action.name).sort()];
}

function edgeEntry({ ceiling }: Delegation): Json {
  return {
    depth: ceiling.depth,
    actions: [...ceiling.actions].sort(),
    data: [...ceiling.data].sort(),
    sensitivity: ceiling.sensitivity.name,
    ttlSeconds: ceiling.ttl.seconds,
  };
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
      outward: facts.outward(tool, action),
      outwardReason: action.outward?.reason,
      touches: Object.fromEntries(action.touches.map((access: DataAccess) => [access.dataset.name, access.kinds])),
      match: action.match as unknown as Json,
    })),
  };
}

function datasetEntry(dataset: Dataset): Json {
  const { kind, sensitivity } = dataset;
  const boundTo = "boundTo" in dataset ? (dataset.boundTo as string | undefined) : undefined;
  const owner = dataset instanceof AwsDataset ? { account: dataset.account, key: dataset.key } : {};
  return { kind, sensitivity: sensitivity.name, boundTo, ...owner };
}

function keyed<T extends { readonly name: string }>(things: readonly T[], entry: (thing: T) => Json): Json {
  return Object.fromEntries(things.map((thing) => [thing.name, entry(thing)]));
}

function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
