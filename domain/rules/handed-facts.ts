import { byText } from "../by-text";
import { isReading } from "../dataset";
import { LIMITS } from "../limits";
import { own } from "../own";
import type { AnyLevel, Declarations, RegistryEdge, RegistryTask } from "../registry/document";
import { answersUntrusted, taints } from "../registry/entries";
import { Sensitivity } from "../sensitivity";

/** One access to data or one action of a delegate, in work that is handed to it, within each ceiling on the way */
export interface HandedFact {
  /** `<agent>.<task>` of the delegate */
  readonly by: string;
  /** Highest sensitivity that the session may have read before it */
  readonly after: Sensitivity;
  /** Whether a person approves it, or a request on the way to it */
  readonly isApproved: boolean;
  /** Whether what it shows may be words of strangers */
  readonly untrusted: boolean;
  /** Of an access */
  readonly data?: { readonly sensitivity: Sensitivity; readonly reads: boolean } | undefined;
  readonly isHighImpact: boolean;
  readonly isOutward: boolean;
}

/** With what an edge must allow for it */
interface BoundFact extends HandedFact {
  /** `<tool>.<action>`; undefined for an access */
  readonly action: string | undefined;
  /** `<dataset>:<kind>` of each access that it is or has */
  readonly accesses: readonly string[];
  /** Highest sensitivity of these */
  readonly touches: Sensitivity;
}

type Task = RegistryTask<AnyLevel>;
type Edge = RegistryEdge<AnyLevel>;

/** Of all that one task may hand on: honest fleets stay far below. */
const MOST_FACTS = 5_000;

/** Stands for more facts than are followed: the worst is assumed. */
const WORST: BoundFact = {
  by: "more delegates than are followed",
  after: Sensitivity.RESTRICTED,
  isApproved: false,
  untrusted: true,
  data: { sensitivity: Sensitivity.RESTRICTED, reads: true },
  isHighImpact: true,
  isOutward: true,
  action: undefined,
  accesses: [],
  touches: Sensitivity.PUBLIC,
};

/**
 * What delegates may do in the work that a task hands on, by name of the delegate. All that works on what one task began tells each other what
 * it read, in requests and answers, so a session's mark and taint are all that bounds it, and ceilings.
 *
 * What the policy refuses on each way there is left out: an action or an access that an edge does not name, data above an edge's
 * sensitivity, and a hop too many.
 */
export function handedFacts(registry: Declarations, task: Task): readonly HandedFact[] {
  if (Object.keys(task.delegates).length === 0) return [];
  const facts = behind(knownIn(registry), task.delegates, LIMITS.delegationDepth.ceiling);
  return task.approval === undefined ? facts : facts.map(approved);
}

/** Whether what one edge hands on has an action of high impact or one that is outward */
export function handsAction(registry: Declarations, target: string, edge: Edge): boolean {
  const known = knownIn(registry);
  // Many tasks hand work to one, within the same ceiling.
  const key = JSON.stringify([target, edge.depth, edge.sensitivity, edge.actions, edge.data]);
  const before = known.acting.get(key);
  if (before !== undefined) return before;
  const facts = over(known, target, edge, Math.min(edge.depth, LIMITS.delegationDepth.ceiling));
  const acts = facts.some(({ isHighImpact, isOutward }) => isHighImpact || isOutward);
  known.acting.set(key, acts);
  return acts;
}

/** What was worked out in one registry, by edges and hops. A registry does not change. */
interface Known extends Declarations {
  /** Whether an edge hands on an action of high impact or an outward one */
  readonly acting: Map<string, boolean>;
  readonly behind: WeakMap<Task["delegates"], (readonly BoundFact[])[]>;
}

const KNOWN = new WeakMap<Declarations["agents"], Known>();

function knownIn({ agents, tools, datasets }: Declarations): Known {
  const known = KNOWN.get(agents);
  if (known?.tools === tools && known.datasets === datasets) return known;
  const fresh: Known = { agents, tools, datasets, acting: new Map(), behind: new WeakMap() };
  KNOWN.set(agents, fresh);
  return fresh;
}

/** Behind these edges in so many hops, which end a cycle too */
function behind(known: Known, delegates: Task["delegates"], hops: number): readonly BoundFact[] {
  const byHops = known.behind.get(delegates) ?? [];
  known.behind.set(delegates, byHops);
  return (byHops[hops] ??= strongest(
    Object.entries(delegates).flatMap(([target, edge]) => over(known, target, edge, Math.min(edge.depth, hops))),
  ));
}

/** Over one edge, in so many hops with it */
function over(known: Known, target: string, edge: Edge, hops: number): readonly BoundFact[] {
  const [agent, name] = target.split(".");
  const task = own(own(known.agents, agent)?.tasks, name);
  if (hops < 1 || task === undefined) return [];
  if (!task.startedBy.includes("delegation")) return [];
  const further = behind(known, task.delegates, hops - 1);
  const facts = [...factsOf(known, task, target), ...(task.approval === undefined ? further : further.map(approved))];
  const limit = Sensitivity.from(edge.sensitivity, "registry");
  return facts
    .filter((fact) => allows(edge, limit, fact))
    .map((fact) => (limit.covers(fact.after) ? fact : { ...fact, after: limit }));
}

function allows({ actions, data }: Edge, limit: Sensitivity, { action, accesses, touches }: BoundFact): boolean {
  if (action !== undefined && actions !== "any" && !actions.includes(action)) return false;
  return limit.covers(touches) && (data === "any" || accesses.every((access) => data.includes(access)));
}

function approved(fact: BoundFact): BoundFact {
  return fact.isApproved ? fact : { ...fact, isApproved: true };
}

/** By name. Of one fact on several ways only what may follow most is kept, with approval and without. */
function strongest(facts: readonly BoundFact[]): readonly BoundFact[] {
  const kept = new Map<string, BoundFact>();
  for (const fact of facts) {
    const key = [
      fact.by,
      fact.action ?? "",
      ...(fact.action === undefined ? fact.accesses : []),
      fact.isApproved,
    ].join();
    const other = kept.get(key);
    if (other === undefined || fact.after.rank > other.after.rank) kept.set(key, fact);
  }
  if (kept.size > MOST_FACTS) return [WORST];
  return [...kept.values()].sort((a, b) => byText(a.by, b.by));
}

/** Of the delegate itself. Names without an entry in the registry add none. */
function factsOf(registry: Declarations, task: Task, by: string): readonly BoundFact[] {
  const { datasets, tools } = registry;
  const levelOf = (name: string): Sensitivity =>
    Sensitivity.from(own(datasets, name)?.sensitivity ?? Sensitivity.RESTRICTED, "registry");
  const isApproved = task.approval !== undefined;
  const facts: BoundFact[] = [];
  for (const [name, kinds] of Object.entries(task.data)) {
    if (own(datasets, name) === undefined) continue;
    const sensitivity = levelOf(name);
    for (const kind of kinds) {
      facts.push({
        ...{ by, isApproved, after: Sensitivity.RESTRICTED, isHighImpact: false, isOutward: false },
        ...{ untrusted: taints(registry, name, [kind]), data: { sensitivity, reads: isReading(kind) } },
        ...{ action: undefined, accesses: [`${name}:${kind}`], touches: sensitivity },
      });
    }
  }
  for (const [name, actions] of Object.entries(task.tools)) {
    const tool = own(tools, name);
    if (tool === undefined) continue;
    for (const action of actions) {
      const called = own(tool.actions, action);
      if (called === undefined) continue;
      const touched = Object.entries(called.touches);
      facts.push({
        ...{ by, isApproved, after: Sensitivity.from(tool.clearance, "registry"), isOutward: called.outward },
        ...{ untrusted: answersUntrusted(registry, tool, called), isHighImpact: called.impact === "high" },
        action: `${name}.${action}`,
        accesses: touched.flatMap(([dataset, kinds]) => kinds.map((kind) => `${dataset}:${kind}`)),
        touches: Sensitivity.highest(touched.map(([dataset]) => levelOf(dataset))),
      });
    }
  }
  return facts;
}
