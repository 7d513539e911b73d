import type { RegistryDocument, Start } from "../../domain";
import { byKey } from "../../domain/by-text";
import type { RegistryAgent, RegistryTask } from "../../domain/registry/document";
import type { RegistryWay } from "../../domain/registry/ways";
import { isObject, member } from "../read/json";

/** A fleet as its registry declares it: callers from outside, what agents use, and delegations */
export interface FleetGraph {
  readonly nodes: readonly FleetNode[];
  readonly edges: readonly FleetEdge[];
}

export interface FleetNode {
  readonly kind: "agent" | "caller" | "dataset" | "tool";
  readonly name: string;
}

export interface FleetEdge {
  readonly from: FleetNode;
  readonly to: FleetNode;
  /** Tasks by way in, actions, kinds of access, or delegated tasks, sorted */
  readonly through: readonly string[];
  /** Entries of `through` that base does not have */
  readonly gained: readonly string[];
}

/** Names of callers from outside, by start; delegators are drawn as agents. */
const CALLERS: ReadonlyMap<string, string> = new Map([
  ["user", "users"],
  ["schedule", "schedules"],
  ["event", "events"],
] satisfies readonly (readonly [Start, string])[]);

/** Unreadable parts are left out of the picture: the report lists them as unknown. */
export function fleetGraph(base: unknown, head: unknown): FleetGraph {
  const before = usesOf(base);
  const edges = inOrder(usesOf(head)).map(([key, { from, to, through }]) => {
    const known = before.get(key)?.through ?? new Set();
    const sorted = [...through].sort();
    return { from, to, through: sorted, gained: sorted.filter((one) => !known.has(one)) };
  });
  const all = [...declared(head), ...edges.flatMap(({ from, to }) => [from, to])];
  const nodes = new Map(all.map((one) => [JSON.stringify(one), one]));
  return { nodes: inOrder(nodes).map(([, one]) => one), edges };
}

interface Use {
  readonly from: FleetNode;
  readonly to: FleetNode;
  readonly through: Set<string>;
}

function declared(registry: unknown): readonly FleetNode[] {
  const named = (kind: FleetNode["kind"], key: keyof RegistryDocument) =>
    entries<RegistryDocument>(registry, key).map(([name]) => node(kind, name));
  return [...named("agent", "agents"), ...named("tool", "tools"), ...named("dataset", "datasets")];
}

/** Of all tasks of an agent together, by user and used thing */
function usesOf(registry: unknown): ReadonlyMap<string, Use> {
  const uses = new Map<string, Use>();
  const add = (from: FleetNode, to: FleetNode, through: readonly string[]) => {
    const key = JSON.stringify([from.kind, from.name, to.kind, to.name]);
    const use = uses.get(key) ?? { from, to, through: new Set() };
    through.forEach((one) => use.through.add(one));
    uses.set(key, use);
  };
  for (const [name, agent] of entries<RegistryDocument>(registry, "agents")) {
    const from = node("agent", name);
    for (const [task, entry] of entries<RegistryAgent>(agent, "tasks")) {
      const named = (key: keyof RegistryTask) => entries<RegistryTask>(entry, key);
      for (const [tool, actions] of named("tools")) add(from, node("tool", tool), texts(actions));
      for (const [dataset, kinds] of named("data")) add(from, node("dataset", dataset), texts(kinds));
      for (const [target] of named("delegates")) add(from, node("agent", agentOf(target)), [`${task} → ${target}`]);
    }
    for (const { caller, through } of calledBy(agent)) add(node("caller", caller), from, [through]);
  }
  return uses;
}

/** Callers of its tasks, by way in */
function calledBy(agent: unknown): readonly { readonly caller: string; readonly through: string }[] {
  const tasks = new Map(entries<RegistryAgent>(agent, "tasks"));
  return entries<RegistryAgent>(agent, "serves").flatMap(([way, entry]) =>
    texts(valueOf<RegistryWay>(entry, "tasks")).flatMap((task) =>
      texts(valueOf<RegistryTask>(tasks.get(task), "startedBy")).flatMap((start) => {
        const caller = CALLERS.get(start);
        return caller === undefined ? [] : [{ caller, through: `${way}: ${task}` }];
      }),
    ),
  );
}

function node(kind: FleetNode["kind"], name: string): FleetNode {
  return { kind, name };
}

/** A delegation target is a task of an agent: `agent.task`. */
function agentOf(target: string): string {
  return target.split(".", 1)[0] as string;
}

/** The member of a value that should be a `T` and may be anything */
function valueOf<T>(value: unknown, key: keyof T & string): unknown {
  return isObject(value) ? member(value, key) : undefined;
}

/** Its entries, by name */
function entries<T>(value: unknown, key: keyof T & string): readonly (readonly [string, unknown])[] {
  const inner = valueOf(value, key);
  return isObject(inner) ? Object.entries(inner) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function inOrder<T>(some: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...some].sort(byKey);
}
