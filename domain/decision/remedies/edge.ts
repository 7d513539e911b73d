import { own } from "../../own";
import { LIMITS } from "../../limits";
import type { PolicyEdge, PolicyTask } from "../policy-document";
import type { Change, Situation } from "./change";
import { withEdge, withNames, withRequest } from "./edit";
import { type Edge, type Facts, factsOf, lacking } from "./facts";
import { startBy, startFor } from "./starting";
import { access, allow, byDataset, className, isWrite, listed, sensitivityOf } from "./wording";

/** Limit of a chain's length, independent of declarations (docs/decisions.md, `delegation.too-deep`) */
export const MOST_HOPS = 3;

/** The same work, handed on only by the agents after the hop */
export function startedAfter({ edges, name }: Facts, hop: number): Change {
  const kept = edges.length - hop - 1;
  const next = edges[hop + 1];
  return {
    kind: "request",
    text: `start the work anew from ${next === undefined ? name : from(next)}, without those before it`,
    apply: (situation) => {
      const { chain } = situation.input;
      if (chain.length <= kept) return situation;
      if (kept > 0) return withRequest(situation, { chain: chain.slice(-kept) });
      const alone = withRequest(situation, { chain: [] });
      const by = startFor(factsOf(alone));
      return by === undefined ? alone : startBy(alone, by);
    },
  };
}

export function declaredEdge(facts: Facts, edge: Edge): Change {
  const target = targetOf(facts, edge);
  const depth = Math.min(edge.length, MOST_HOPS);
  const accepts = target !== undefined && Object.hasOwn(target.startedBy, "delegation");
  const refused = accepts
    ? {}
    : { caution: `the declaration rules refuse this while ${to(edge)} may not be started by delegation` };
  return {
    kind: "declaration",
    text: `add ${reference(edge, depth)} to delegates of task "${edge.hop.task}"`,
    ...aboutFirst([edge]),
    ...refused,
    apply: (situation) =>
      withEdge(situation, edge.hop, to(edge), (found) => found ?? openEdge(targetOf(facts, edge), depth, facts)),
  };
}

/** An edge with the defaults of a declaration that names only the task and the depth (domain/delegation.ts) */
export function openEdge(target: PolicyTask | undefined, depth: number, facts: Facts): PolicyEdge {
  return {
    depth,
    actions: "any",
    data: "any",
    sensitivity: clearanceOf(facts, target),
    ttlSeconds: target?.ttlSeconds ?? LIMITS.taskTtl.ceiling.seconds,
  };
}

/** The lowest place that data may end up in */
function clearanceOf({ policy, rankOfKey }: Facts, task: PolicyTask | undefined): number {
  const tools = Object.keys(task?.tools ?? {}).map((name) => own(policy.tools, name)?.clearance ?? 3);
  const written = Object.keys(task?.data ?? {})
    .filter(isWrite)
    .map(rankOfKey);
  return Math.min(3, ...tools, ...written);
}

export function widerActions(facts: Facts, edge: Edge): Change {
  const { tool = "", action = "" } = facts.input.call ?? {};
  const call = `${tool}.${action}`;
  return {
    kind: "declaration",
    text: `add ${allow(tool, [action])} to tools of ${inDelegates(edge)}`,
    ...aboutFirst([edge]),
    ...beyondDelegate(targetOf(facts, edge)?.actions, [call], edge, "tools"),
    apply: editing(edge, (found) =>
      found.actions === "any" ? found : { ...found, actions: withNames(found.actions, [call]) },
    ),
  };
}

export function widerData(facts: Facts, edge: Edge, keys: readonly string[]): readonly Change[] {
  return [...byDataset(keys)].map(([dataset, kinds]) => {
    const names = kinds.map((kind) => (kind === "" ? dataset : `${dataset}:${kind}`));
    return {
      kind: "declaration",
      text: `add ${access(dataset, kinds)} to data of ${inDelegates(edge)}`,
      ...aboutFirst([edge]),
      ...beyondDelegate(targetOf(facts, edge)?.data, names, edge, "data"),
      apply: editing(edge, (found) =>
        found.data === "any" ? found : { ...found, data: withNames(found.data, names) },
      ),
    };
  });
}

export function clearedEdge(facts: Facts, edge: Edge, rank: number): Change {
  const most = clearanceOf(facts, targetOf(facts, edge));
  const refused = `the declaration rules refuse this while ${to(edge)} sends data to places cleared for ${sensitivityOf(most)}`;
  return {
    kind: "declaration",
    text: `write sensitivity: "${sensitivityOf(rank)}" in ${inDelegates(edge)}`,
    ...aboutFirst([edge]),
    ...(rank > most && { caution: refused }),
    apply: editing(edge, (found) => ({ ...found, sensitivity: Math.max(found.sensitivity, rank) })),
  };
}

/** An edge names only what the delegate's own task has. */
function beyondDelegate(
  set: PolicyTask["actions"] | undefined,
  names: readonly string[],
  edge: Edge,
  property: string,
): { readonly caution?: string } {
  const missing = lacking(set ?? {}, names);
  if (missing.length === 0) return {};
  const sentence = `the declaration rules refuse this, because ${to(edge)} does not have ${listed(missing)} itself`;
  return { caution: `${sentence}: leave ${property} out of the edge, and each task on the way bounds it` };
}

function targetOf({ policy, input, edges }: Facts, edge: Edge): PolicyTask | undefined {
  const next = edges[edges.indexOf(edge) + 1];
  const spiffeId = next === undefined ? input.agent.spiffeId : next.hop.spiffeId;
  return own(own(policy.agents, spiffeId)?.tasks, edge.to.task);
}

export function editing(edge: Edge, edit: (found: PolicyEdge) => PolicyEdge): (situation: Situation) => Situation {
  return (situation) => withEdge(situation, edge.hop, to(edge), (found) => found && edit(found));
}

export function from({ hop, from: agent }: Edge): string {
  return `${agent?.name ?? hop.spiffeId}.${hop.task}`;
}

export function to({ to: { name, task } }: Edge): string {
  return `${name ?? "?"}.${task}`;
}

/** `WebReader.task("fetch") in delegates of task "lookup"` */
export function inDelegates(edge: Edge): string {
  return `${reference(edge, 1)} in delegates of task "${edge.hop.task}"`;
}

function reference({ to: { name, task } }: Edge, depth: number): string {
  return `${className(name ?? "?")}.task(${JSON.stringify(task)}${depth > 1 ? `, { depth: ${depth} }` : ""})`;
}

export function aboutFirst([edge]: readonly Edge[]): Pick<Change, "about"> {
  const name = edge?.from?.name;
  return edge === undefined || name === undefined ? {} : { about: { agent: name, task: edge.hop.task } };
}
