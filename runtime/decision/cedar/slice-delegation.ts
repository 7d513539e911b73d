import {
  type DecisionInput,
  isDelegateTool,
  type NameSet,
  own,
  type PolicyAgent,
  type PolicyDocument,
  type PolicyEdge,
  type PolicyTask,
} from "../../../domain";
import { type Fact, type Facts, NO_LIMIT } from "./facts";

/** Facts of a chain: how many of its edges are declared, and the least that those allow */
export function delegationOf(
  input: DecisionInput,
  { agents }: PolicyDocument,
  task: PolicyTask | undefined,
  context: Readonly<Facts>,
): Fact {
  const { chain, call, token } = input;
  const facts: Facts = { hops: chain.length, declared: 0, expires: NO_LIMIT };
  const least = { spareDepth: NO_LIMIT, sensitivity: NO_LIMIT, ttlSeconds: NO_LIMIT };
  const edges: PolicyEdge[] = [];
  for (const [place, hop] of chain.entries()) {
    const delegator = own(agents, hop.spiffeId);
    if (delegator === undefined) continue;
    facts["expires"] = Math.min(facts["expires"] as number, delegator.expires);
    if (delegator.suspended !== false) facts["suspended"] = true;
    const edge = own(own(delegator.tasks, hop.task)?.delegates, targetOf(input, agents, place));
    if (edge === undefined) continue;
    edges.push(edge);
    least.spareDepth = Math.min(least.spareDepth, edge.depth - (chain.length - place));
    least.sensitivity = Math.min(least.sensitivity, edge.sensitivity);
    least.ttlSeconds = Math.min(least.ttlSeconds, edge.ttlSeconds);
  }
  facts["declared"] = edges.length;
  if (call !== null) {
    // Edges bound requests to other agents by their depth.
    if (!isDelegateTool(call.tool)) addAllowed(facts, "actions", [context["call"] as string], edges);
    addAllowed(facts, "data", context["touched"] as readonly string[], edges);
  } else if (token.audience === "aws" && task !== undefined && task.aws !== null) {
    const needed = Object.keys(task.aws.data);
    facts["needed"] = needed;
    addAllowed(facts, "data", needed, edges);
  }
  return { ...facts, ...least };
}

/** `<agent>.<task>` to which a hop delegated; empty, which matches no name, if that agent is not declared */
function targetOf(
  { agent, chain, task }: DecisionInput,
  agents: Readonly<Record<string, PolicyAgent>>,
  place: number,
): string {
  const next = chain[place + 1];
  if (next === undefined) return `${agent.name}.${task}`;
  const declared = own(agents, next.spiffeId);
  return declared === undefined ? "" : `${declared.name}.${next.task}`;
}

function addAllowed(
  facts: Facts,
  kind: "actions" | "data",
  names: readonly string[],
  edges: readonly PolicyEdge[],
): void {
  const limits = edges.map((edge) => edge[kind]).filter((limit): limit is NameSet => limit !== "any");
  if (limits.length === 0) return;
  facts[kind] = names.filter((name) => limits.every((limit) => Object.hasOwn(limit, name)));
}
