import type { AgentDeclaration } from "../agent";
import type { Dataset } from "../dataset";
import { refuse, shown } from "../errors";
import type { Fleet } from "../fleet";
import { LIMITS } from "../limits";
import { declaredAt } from "../source-line";
import type { Task } from "../task";
import type { Tool } from "../tool";
import { refuseFound } from "./found";
import { lockedOutSelfStart } from "./self-starts";
import { closedToAll } from "./shared-memory";
import { taintedWrite } from "./taint";
import { addressesAreDistinct, placesAreDistinct } from "./overlap";

/** What agents must satisfy together. */
export function checkFleet(fleet: Fleet): void {
  const { agents, tools, datasets } = fleet;
  namesAreDistinct(agents);
  serviceAccountsAreDistinct(agents);
  namesMeanOneThing(agents);
  externalDataHasOneTool(agents);
  placesAreDistinct(datasets);
  addressesAreDistinct(tools);
  delegationEndsAndStaysInside(agents);
  storageWashesNothing(agents);
  selfStartsAreNotLockedOut(agents);
  sharedMemoryStaysOpen(agents);
}

function selfStartsAreNotLockedOut(agents: readonly AgentDeclaration[]): void {
  refuseFound("start.agent-locked-out", lockedOutSelfStart(agents));
}

function sharedMemoryStaysOpen(agents: readonly AgentDeclaration[]): void {
  refuseFound("delegation.locked-out", closedToAll(agents));
}

/** What delegators and other users of a delegate bring along, no agent can see by itself. */
function storageWashesNothing(agents: readonly AgentDeclaration[]): void {
  refuseFound("flow.tainted-write", taintedWrite(agents));
}

/** Names that differ only by hyphens look alike to a reader, and to programs that drop hyphens. */
function namesAreDistinct(agents: readonly AgentDeclaration[]): void {
  const seen = new Map<string, AgentDeclaration>();
  for (const agent of agents) {
    const bare = agent.name.replaceAll("-", "");
    const other = seen.get(bare);
    if (other !== undefined) {
      const both = `${shown(other.name)}${declaredAt(other)}`;
      if (other.name === agent.name) {
        refuse("name.duplicate", agent.where, `another agent has this name: ${both}: rename one${declaredAt(agent)}`);
      }
      const sentence = `the name differs from ${both} by hyphens only`;
      refuse("name.confusable", agent.where, `${sentence}: rename one${declaredAt(agent)}`);
    }
    seen.set(bare, agent);
  }
}

function serviceAccountsAreDistinct(agents: readonly AgentDeclaration[]): void {
  const seen = new Map<string, AgentDeclaration>();
  for (const agent of agents) {
    const account = `${agent.namespace}/${agent.serviceAccount}`;
    const other = seen.get(account);
    if (other !== undefined) {
      const sentence = `workload.serviceAccount ${shown(account)} already belongs to ${shown(other.name)}${declaredAt(other)}`;
      refuse(
        "service-account.shared",
        agent.where,
        `${sentence}: one service account is one agent${declaredAt(agent)}`,
      );
    }
    seen.set(account, agent);
  }
}

/** Policies, routes and registry know tools and data by name. */
function namesMeanOneThing(agents: readonly AgentDeclaration[]): void {
  const tools = new Map<string, Tool>();
  const datasets = new Map<string, Dataset>();
  for (const agent of agents) {
    for (const task of agent.tasks.values()) {
      for (const { tool } of task.tools) {
        sameThing(tools, tool);
        for (const action of tool.actions.values())
          for (const { dataset } of action.touches) sameThing(datasets, dataset);
      }
      for (const { dataset } of task.data) sameThing(datasets, dataset);
    }
  }
}

function sameThing<T extends { readonly name: string; readonly where: string }>(seen: Map<string, T>, thing: T): void {
  const other = seen.get(thing.name);
  if (other === undefined) seen.set(thing.name, thing);
  else if (other !== thing) {
    refuse(
      "name.duplicate",
      thing.where,
      "two declarations have this name: declare it once and import it, or rename one",
    );
  }
}

function externalDataHasOneTool(agents: readonly AgentDeclaration[]): void {
  const owners = new Map<Dataset, Tool>();
  const seen = new Set<Tool>();
  for (const agent of agents) {
    for (const task of agent.tasks.values()) {
      for (const grant of task.tools) {
        if (seen.has(grant.tool)) continue;
        seen.add(grant.tool);
        claimData(owners, grant.tool);
      }
    }
  }
}

function claimData(owners: Map<Dataset, Tool>, tool: Tool): void {
  for (const action of tool.actions.values()) {
    for (const { dataset } of action.touches) {
      const other = owners.get(dataset);
      if (other !== undefined && other !== tool) {
        const sentence = `it is behind two tools, ${other.name} and ${tool.name}`;
        const fix = "external data belongs to exactly one tool: declare a dataset for each";
        refuse("dataset.two-tools", dataset.where, `${sentence}: ${fix}`);
      }
      owners.set(dataset, tool);
    }
  }
}

interface Node {
  readonly agent: AgentDeclaration;
  readonly task: Task;
}

function delegationEndsAndStaysInside(agents: readonly AgentDeclaration[]): void {
  const known = new Set(agents);
  const hops = new Map<Task, number>();
  for (const agent of agents) {
    for (const task of agent.tasks.values()) longestChain({ agent, task }, known, hops, []);
  }
}

/** Hops of the longest chain that starts at the task. */
function longestChain(
  node: Node,
  known: ReadonlySet<AgentDeclaration>,
  hops: Map<Task, number>,
  path: readonly Node[],
): number {
  const done = hops.get(node.task);
  if (done !== undefined) return done;
  const { where } = node.agent;
  const begun = path.findIndex(({ task }) => task === node.task);
  if (begun >= 0) {
    const cycle = [...path.slice(begun), node].map(({ agent, task }) => `${agent.name}.${task.name}`).join(" → ");
    refuse("delegation.cycle", where, `delegation runs in a cycle, ${cycle}: remove one edge${declaredAt(node.agent)}`);
  }
  let longest = 0;
  for (const edge of node.task.delegates) {
    if (!known.has(edge.agent)) {
      const sentence = `task ${shown(node.task.name)} delegates to ${shown(edge.agent.name)}, which is not in the fleet`;
      refuse("delegation.outside-fleet", where, `${sentence}: add it to Fleet.of${declaredAt(node.agent)}`);
    }
    const below = longestChain({ agent: edge.agent, task: edge.task }, known, hops, [...path, node]);
    longest = Math.max(longest, 1 + below);
  }
  if (longest > LIMITS.delegationDepth.ceiling) {
    const sentence = `a chain of ${longest} hops starts at task ${shown(node.task.name)}`;
    const fix = `at most ${LIMITS.delegationDepth.ceiling} hops are possible: shorten it`;
    refuse("delegation.too-deep", where, `${sentence}: ${fix}${declaredAt(node.agent)}`);
  }
  hops.set(node.task, longest);
  return longest;
}
