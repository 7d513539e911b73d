import type { RegistryDocument } from "../../domain";
import { byKey } from "../../domain/by-text";
import type { RegistryAgent, RegistryTask } from "../../domain/registry/document";
import { isObject, member } from "../read/json";

/** A fleet as a registry says it: who uses what, and who hands work to whom */
export interface FleetGraph {
  readonly nodes: readonly FleetNode[];
  readonly edges: readonly FleetEdge[];
}

export interface FleetNode {
  readonly kind: "agent" | "tool" | "dataset";
  readonly name: string;
}

export interface FleetEdge {
  readonly from: FleetNode;
  readonly to: FleetNode;
  /** Actions, kinds of access, or tasks that are handed on, sorted */
  readonly through: readonly string[];
  /** Those of `through` that base does not have */
  readonly gained: readonly string[];
}

/** What cannot be read is no part of the picture: it stands among what is unknown. */
export function fleetGraph(base: unknown, head: unknown): FleetGraph {
  const before = usesOf(base);
  const edges = inOrder(usesOf(head)).map(([key, { from, to, through }]) => {
    const known = before.get(key)?.through ?? new Set();
    const sorted = [...through].sort();
    return { from, to, through: sorted, gained: sorted.filter((one) => !known.has(one)) };
  });
  const all = [...declared(head), ...edges.map(({ to }) => to)];
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

/** Of all tasks of an agent together, by who uses what */
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
  }
  return uses;
}

function node(kind: FleetNode["kind"], name: string): FleetNode {
  return { kind, name };
}

/** A target is a task of an agent: `agent.task`. */
function agentOf(target: string): string {
  return target.split(".", 1)[0] as string;
}

/** The member of a value that should be a `T`, and may be anything */
function entries<T>(value: unknown, key: keyof T & string): readonly (readonly [string, unknown])[] {
  const inner = isObject(value) ? member(value, key) : undefined;
  return isObject(inner) ? Object.entries(inner) : [];
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function inOrder<T>(some: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...some].sort(byKey);
}
