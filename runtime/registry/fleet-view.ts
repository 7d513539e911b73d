import {
  delegateTool,
  isDelegateTool,
  own,
  type PolicyAgent,
  type PolicyDocument,
  policyProblems,
  type PolicyTask,
  Sensitivity,
  STARTS,
} from "../../domain";
import { callsOf } from "../../domain/registry/entries";
import type { FleetAgent, FleetEdge, FleetTask, FleetTool, FleetView, FleetWay } from "./registry";
import { RegistryError } from "./registry-error";
import { answersUntrusted, awsReadsUntrusted, awsWritesTrusted } from "./untrusted";
import { type ExchangeRegistry, type RegistryAgent, registrySchema, type RegistryTask } from "./registry-schema";

/** What synth wrote, signed as one: `registry.json` and `policy.json` */
export interface FleetDocument {
  readonly registry: unknown;
  readonly policy: unknown;
}

/**
 * What the exchange knows of the fleet. What policy and registry both say is taken from the policy, so that the exchange
 * knows what the engines know; the registry adds owners, clients, tools by name, times of approval and AWS access.
 *
 * @throws RegistryError if one of the two is malformed, or they are not of the same fleet
 */
export function fleetView(document: FleetDocument, revision: number): FleetView {
  const registry = registryOf(document.registry);
  const policy = policyOf(document.policy);
  if (registry.trustDomain !== policy.trustDomain) {
    throw other(`the registry is of trust domain ${registry.trustDomain}, the policy of ${policy.trustDomain}`);
  }
  const agents = Object.entries(registry.agents).map(([name, agent]) => agentOf(name, agent, registry, policy));
  const byId = new Map(agents.map((agent) => [agent.spiffeId, agent] as const));
  const byName = new Map(agents.map((agent) => [agent.name, agent] as const));
  const declared = Object.keys(policy.agents).length;
  if (byId.size !== declared) throw other(`the registry has ${byId.size} agents, the policy ${declared}`);
  const tools = toolsOf(registry, policy);
  const hosts = hostsOf(registry);
  return {
    revision,
    policy,
    issuers: registry.trust.issuers,
    starters: registry.trust.starters,
    people: registry.people,
    killSwitch: registry.trust.killSwitch,
    agentOf: (spiffeId) => byId.get(spiffeId),
    agentNamed: (name) => byName.get(name),
    agentAt: (host) => byName.get(hosts.get(host) ?? ""),
    toolOf: (tool) => tools.get(tool),
    answersUntrusted: (call) => answersUntrusted(registry, call),
  };
}

/** Names of agents by the host of a way in */
function hostsOf({ agents }: ExchangeRegistry): ReadonlyMap<string, string> {
  const hosts = new Map<string, string>();
  for (const [name, { serves = {} }] of Object.entries(agents)) {
    for (const { host } of Object.values(serves)) {
      if (host === undefined) continue;
      if ((hosts.get(host) ?? name) !== name)
        throw new RegistryError(`two agents are at ${host}: give one another host`);
      hosts.set(host, name);
    }
  }
  return hosts;
}

const NONE: ReadonlySet<string> = new Set();

/** Actions that agents push to, by their tool */
function pushedActions(agents: ExchangeRegistry["agents"]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { serves = {} } of Object.values(agents)) {
    for (const { pushes } of Object.values(serves)) {
      if (pushes !== undefined) found.set(pushes.tool, (found.get(pushes.tool) ?? new Set()).add(pushes.action));
    }
  }
  return found;
}

/** Whose rights a tool uses decides what is sent to it: both documents must say the same. */
function toolsOf({ agents, tools }: ExchangeRegistry, policy: PolicyDocument): ReadonlyMap<string, FleetTool> {
  const decided = Object.keys(policy.tools).filter((name) => !isDelegateTool(name));
  const names = [...new Set([...Object.keys(tools), ...decided])];
  const odd = names.find((name) => {
    const [added, decided] = [own(tools, name), own(policy.tools, name)];
    if (added === undefined || decided === undefined) return true;
    return (added.actsAs === "user") !== decided.actsAsUser || new URL(added.url).host !== decided.destination;
  });
  if (odd !== undefined)
    throw other(`only one of the two has ${odd}, or says where it is, or that it acts as the user`);
  const pushed = pushedActions(agents);
  return new Map(
    Object.entries(tools).map(([name, { kind, url, privateAddress, actsAs, capabilities = [], actions }]) => [
      name,
      {
        name,
        kind,
        url,
        isPrivate: privateAddress !== undefined,
        actsAs,
        capabilities,
        actions,
        pushed: pushed.get(name) ?? NONE,
      },
    ]),
  );
}

function registryOf(value: unknown): ExchangeRegistry {
  const { success, data, error } = registrySchema.safeParse(value);
  if (success) return data;
  const { path, message } = error.issues[0] as (typeof error.issues)[number];
  const what = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  throw new RegistryError(`${["registry", ...path.map(String)].join(".")}: ${what}: synthesize again`);
}

function policyOf(value: unknown): PolicyDocument {
  const [problem] = policyProblems(value);
  if (problem !== undefined) throw new RegistryError(`${problem}: synthesize again`);
  return value as PolicyDocument;
}

function agentOf(
  name: string,
  {
    spiffeId,
    owner,
    secondOwner,
    purpose,
    workload,
    credentials,
    clients,
    memory = "per-user",
    revocationHorizon,
    tasks,
    serves = {},
  }: RegistryAgent,
  registry: ExchangeRegistry,
  policy: PolicyDocument,
): FleetAgent {
  const known: PolicyAgent | undefined = Object.hasOwn(policy.agents, spiffeId) ? policy.agents[spiffeId] : undefined;
  if (known?.name !== name) throw other(`the policy has no agent ${name} with ${spiffeId}`);
  if (!spiffeId.startsWith(`spiffe://${policy.trustDomain}/`)) {
    throw new RegistryError(`agent ${name} must be of trust domain ${policy.trustDomain}, got ${spiffeId}`);
  }
  const names = Object.keys(tasks);
  const odd = [...names, ...Object.keys(known.tasks)].find(
    (task) => !Object.hasOwn(tasks, task) || !Object.hasOwn(known.tasks, task),
  );
  if (odd !== undefined) throw other(`only one of the two has the task ${name}.${odd}`);
  return {
    name,
    spiffeId,
    owner,
    secondOwner,
    purpose,
    clients,
    expires: known.expires,
    session: known.session,
    horizon: revocationHorizon,
    roles: [...new Set(Object.values(tasks).flatMap(({ aws }) => (aws === undefined ? [] : [aws.role])))].sort(),
    // Its pod holds the credentials of all its tasks at once.
    memory: credentials === "brokered" ? memory : "shared",
    namespace: workload.namespace,
    ways: Object.entries(serves).map(([way, { kind, paths, tasks: served, card, bindings, pushes }]) => ({
      name: way,
      kind,
      paths,
      tasks: served,
      card,
      bindings,
      pushes,
    })),
    tasks: new Map(
      names.map((task) => {
        const [added, decided] = [tasks[task] as RegistryTask, known.tasks[task] as PolicyTask];
        const aws = credentials === "brokered" ? awsOf(`${name}.${task}`, added, decided, registry) : undefined;
        const servedBy = waysOf(serves, task);
        return [task, { ...taskOf(`${name}.${task}`, task, added, decided), servedBy, aws }] as const;
      }),
    ),
  };
}

function waysOf(serves: NonNullable<RegistryAgent["serves"]>, task: string): readonly FleetWay[] {
  return Object.entries(serves)
    .filter(([, { tasks }]) => tasks.includes(task))
    .map(([name, { sensitivity, clearance, untrusted }]) => ({ name, sensitivity, clearance, untrusted }));
}

function taskOf(
  where: string,
  name: string,
  added: RegistryTask,
  decided: PolicyTask,
): Omit<FleetTask, "aws" | "servedBy"> {
  const { tools, approval, cleanEvents } = added;
  const actions = callsOf(added);
  // A policy signed before delegations were calls allows none.
  const delegates = Object.keys(decided.actions).filter((action) => isDelegateTool(action));
  const same =
    actions.length === Object.keys(decided.actions).length - delegates.length &&
    delegates.every((action) => Object.hasOwn(decided.delegates, action.slice(delegateTool("").length)));
  if (!same || !actions.every((action) => Object.hasOwn(decided.actions, action))) {
    throw other(`they grant other actions to ${where}`);
  }
  if ((approval?.group ?? "") !== decided.approvalGroup) throw other(`they name other approvers of ${where}`);
  return {
    name,
    startedBy: STARTS.filter((start) => Object.hasOwn(decided.startedBy, start)),
    ttlSeconds: decided.ttlSeconds,
    cleanEvents,
    tools: new Map(Object.entries(tools)),
    delegates: new Map(Object.entries(decided.delegates).map(([target, edge]) => [target, edgeOf(edge)] as const)),
    approval,
  };
}

function edgeOf({ depth, actions, sensitivity, ttlSeconds }: PolicyTask["delegates"][string]): FleetEdge {
  return { depth, actions: actions === "any" ? "any" : new Set(Object.keys(actions)), sensitivity, ttlSeconds };
}

function awsOf(
  where: string,
  { aws, data }: RegistryTask,
  decided: PolicyTask,
  { datasets }: ExchangeRegistry,
): FleetTask["aws"] {
  if ((aws === undefined) !== (decided.aws === null)) throw other(`only one of the two gives ${where} AWS data`);
  if (aws === undefined || decided.aws === null) return undefined;
  const { role, sessionPolicy } = aws;
  if (sessionPolicy === undefined) throw new RegistryError(`${where} is brokered, and has no session policy for STS`);
  return {
    role,
    sessionPolicy,
    reads: Sensitivity.all[decided.aws.reads]?.name,
    writes: Sensitivity.all[decided.aws.writes]?.name,
    readsUntrusted: awsReadsUntrusted(datasets, data),
    writesTrusted: awsWritesTrusted(datasets, data),
  };
}

function other(what: string): RegistryError {
  return new RegistryError(`registry and policy are not of the same fleet: ${what}: synthesize again`);
}
