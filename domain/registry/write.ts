import type { AgentDeclaration } from "../agent";
import type { Clock } from "../clock";
import {
  AwsDataset,
  BoundTableDataset,
  BucketDataset,
  type DataAccess,
  type Dataset,
  SecretDataset,
  TableDataset,
} from "../dataset";
import type { Delegation } from "../delegation";
import type { Fleet } from "../fleet";
import { sortedKeys } from "../json";
import { mapped } from "../mapped";
import type { Allowed } from "../rules/ceiling";
import { longestCredential, revocationHorizon } from "../rules/horizon";
import { riskOf } from "../rules/risk";
import { knownTaskRiskFacts } from "../rules/risk-facts";
import type { Way } from "../serve";
import type { DeclaredSources } from "../starter";
import type { Task } from "../task";
import type { Tool, ToolGrant } from "../tool";
import type { TrustDomain } from "../trust-domain";
import {
  REGISTRY_VERSION,
  type AwsAccess,
  type Declarations,
  type DeclaredWork,
  type RegistryAgent,
  type RegistryDataset,
  type RegistryDocument,
  type RegistryEdge,
  type RegistryTask,
  type RegistryTool,
  type RegistryTrust,
} from "./document";
import type { RegistryWay } from "./ways";
import type { RegistryPeople } from "./people";
import { type CleanEvents, startersOf } from "./starters";

/** What the platform adds to the declarations */
export interface RegistryFacts {
  readonly trustDomain: TrustDomain;
  readonly clock: Clock;
  /** The organisation's own domains */
  readonly domains: readonly string[];
  readonly trust: RegistryTrust;
  /**
   * Who decides on approvals and stops agents.
   *
   * @default - no person
   */
  readonly people?: RegistryPeople | undefined;
  /**
   * Of the platform's own starters, by issuer: what their events tell of.
   *
   * @default - unknown
   */
  readonly eventSources?: ReadonlyMap<string, DeclaredSources>;
  /**
   * Alias of one of the platform's keys, by what it is for.
   *
   * @default - what it is for
   */
  keyAlias?(use: string): string;
}

/** AWS access of one task; undefined if it has none */
export type AwsOfTask = (agent: AgentDeclaration, task: Task) => AwsAccess | undefined;

/** The registry that synth writes for a fleet, without {@link withAws} */
export function registryOf(fleet: Fleet, facts: RegistryFacts): RegistryDocument {
  const starters = startersOf(fleet, facts);
  const agents = keyed(fleet.agents, (agent) => agentEntry(agent, facts, starters.cleanEvents));
  const tools = keyed(fleet.tools, (tool) => toolEntry(tool, facts));
  const datasets = keyed(fleet.datasets, datasetEntry);
  const declared = { agents, tools, datasets };
  return {
    version: REGISTRY_VERSION,
    trustDomain: facts.trustDomain.name,
    trust: {
      issuers: facts.trust.issuers.map((issuer) => ({ ...issuer })),
      starters: starters.entries,
      ...killSwitchEntry(facts),
    },
    ...(facts.people !== undefined && { people: facts.people }),
    agents: mapped(agents, (agent, name) => ({ ...agent, ...derivedEntry(declared, agent, name) })),
    tools,
    datasets,
  };
}

function killSwitchEntry(facts: RegistryFacts): Pick<RegistryTrust, "killSwitch"> {
  const { killSwitch } = facts.trust;
  if (killSwitch === undefined) return {};
  const { issuer, kms } = killSwitch;
  return { killSwitch: { issuer, kms: kms.map((use) => facts.keyAlias?.(use) ?? use) } };
}

/** The registry of this fleet, with what opens AWS */
export function withAws(registry: RegistryDocument, fleet: Fleet, awsOf: AwsOfTask): RegistryDocument {
  const agents = keyed(fleet.agents, (agent) => {
    const entry = registry.agents[agent.name] as RegistryAgent;
    const tasks = mapped(entry.tasks, (task, name) => ({ ...task, aws: awsOf(agent, agent.tasks.get(name) as Task) }));
    return { ...entry, tasks };
  });
  return { ...registry, agents };
}

/** One line per key, sorted, so that a review of two documents shows what changed. */
export function registryJson(document: object): string {
  return `${JSON.stringify(document, sortedKeys, 2)}\n`;
}

/** What follows from what was declared */
type Derived = Pick<RegistryAgent, "longestCredentialSeconds" | "revocationHorizon" | "risk">;

function derivedEntry(declared: Declarations, agent: DeclaredWork, name: string): Derived {
  const { tier, score } = riskOf(declared, agent, knownTaskRiskFacts);
  return {
    risk: { tier, score },
    longestCredentialSeconds: longestCredential(declared, agent).seconds,
    revocationHorizon: revocationHorizon(declared, name),
  };
}

function agentEntry(
  agent: AgentDeclaration,
  facts: RegistryFacts,
  cleanEvents: CleanEvents,
): Omit<RegistryAgent, keyof Derived> {
  return {
    spiffeId: `${agent.spiffeId(facts.trustDomain)}`,
    owner: agent.owner,
    secondOwner: agent.secondOwner,
    purpose: agent.purpose,
    expires: agent.expires.timestamp,
    state: agent.state(facts.clock),
    workload: { namespace: agent.namespace, serviceAccount: agent.serviceAccount },
    credentials: agent.credentials,
    isolation: agent.isolation,
    clients: [...agent.clients].sort(),
    memory: agent.memory === "shared" ? agent.memory : undefined,
    session: { idleSeconds: agent.session.idle.seconds, totalSeconds: agent.session.total.seconds },
    tasks: keyed([...agent.tasks.values()], (task) => ({ ...taskEntry(task), cleanEvents: cleanEvents(agent, task) })),
    serves: agent.ways.length === 0 ? undefined : Object.fromEntries(agent.ways.map(wayEntry)),
    concurrency: agent.concurrency === "one-user" ? agent.concurrency : undefined,
    acknowledged: agent.acknowledgements.length === 0 ? undefined : agent.acknowledgements,
  };
}

function wayEntry({ facts }: Way): [string, RegistryWay] {
  const { name, kind, port, paths, tasks, sensitivity, clearance, untrusted, host, card, bindings } = facts;
  const pushes = facts.pushes && { tool: facts.pushes.tool.name, action: facts.pushes.action.name };
  const levels = { sensitivity: sensitivity.name, clearance: clearance.name };
  return [name, { kind, port, paths, tasks, ...levels, untrusted, host, card, bindings, pushes }];
}

function taskEntry(task: Task): RegistryTask {
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
      ...(task.approval.people === 2 && { people: task.approval.people }),
    },
    budgets: task.budgets.map(({ limit, period, actions, sumOf, counts }) => ({
      limit,
      period,
      actions,
      sumOf,
      counts,
    })),
    orders: task.orders.map(({ first, then, within }) => ({ first, then, within })),
    observe: task.observed && { until: task.observed.until.timestamp, reason: task.observed.reason },
  };
}

function grantEntry(grant: ToolGrant): [string, readonly string[]] {
  return [grant.tool.name, grant.actions.map((action) => action.name).sort()];
}

function edgeEntry({ ceiling }: Delegation): RegistryEdge {
  return {
    depth: ceiling.depth,
    actions: named(ceiling.actions),
    data: named(ceiling.data),
    sensitivity: ceiling.sensitivity.name,
    ttlSeconds: ceiling.ttl.seconds,
  };
}

function named(allowed: Allowed): readonly string[] | "any" {
  return allowed === "any" ? "any" : [...allowed].sort();
}

function toolEntry(tool: Tool, facts: RegistryFacts): RegistryTool {
  return {
    kind: tool.kind,
    url: tool.url,
    clearance: tool.clearance.name,
    untrustedOutput: tool.untrustedOutput,
    capabilities: tool.capabilities.length === 0 ? undefined : tool.capabilities,
    actsAs: tool.actsAs,
    privateAddress: tool.privateAddress,
    actions: keyed([...tool.actions.values()], (action) => ({
      impact: action.impact,
      writes: action.writes,
      outward: tool.isOutward(action, facts.domains),
      outwardReason: action.outward?.reason,
      touches: Object.fromEntries(action.touches.map((access: DataAccess) => [access.dataset.name, access.kinds])),
      match: action.match,
      pin: action.pin,
      unpinned: action.unpinned,
    })),
  };
}

function datasetEntry(dataset: Dataset): RegistryDataset {
  const { kind, sensitivity } = dataset;
  const untrusted = dataset.untrusted ? true : undefined;
  const owner = dataset instanceof AwsDataset ? { account: dataset.account, key: dataset.key } : {};
  return { kind, sensitivity: sensitivity.name, untrusted, ...owner, ...placeOf(dataset) };
}

function placeOf(dataset: Dataset): Partial<RegistryDataset> {
  if (dataset instanceof BucketDataset) return { bucket: dataset.bucket, prefix: dataset.prefix };
  if (dataset instanceof SecretDataset) return { secret: dataset.secret };
  if (dataset instanceof TableDataset) return { table: dataset.table, indexes: dataset.indexes };
  return dataset instanceof BoundTableDataset ? { table: dataset.table, boundTo: dataset.boundTo } : {};
}

function keyed<T extends { readonly name: string }, Entry>(
  things: readonly T[],
  entry: (thing: T) => Entry,
): Readonly<Record<string, Entry>> {
  return Object.fromEntries(things.map((thing) => [thing.name, entry(thing)]));
}
