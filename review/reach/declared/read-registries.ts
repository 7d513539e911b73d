import { isObject, sameJson } from "../../read/json";
import { agentsOf } from "../../read/resource";
import { own, REGISTRY_VERSION, shown } from "../../../domain";
import type { Problem } from "../../../domain/registry/problem";
import { wellFormedRegistry } from "../../../domain/registry/read";
import { isTree, treeProblem } from "../../../domain/registry/tree";
import { brief, type Registry, type RegistryTask, taskAt } from "./registry";
import type * as Schema from "./registry-schema";

export interface RegistriesRead {
  readonly base: RegistryRead;
  readonly head: RegistryRead;
  /** Whether both are equal, word for word */
  readonly areSame: boolean;
}

/** Reads two registries. Equal agents are read once: most do not change. */
export function readRegistries(base: unknown, head: unknown): RegistriesRead {
  const before = readRegistry(base);
  if (base === head) {
    const one = withDangling(before);
    return { base: one, head: one, areSame: before.isTree };
  }
  // Only a document with bounded nesting is walked beside another.
  if (!before.isTree) return { base: before, head: readRegistry(head), areSame: false };
  const same = sameAgents(base, head);
  const areSame =
    same.size === count(base) && same.size === count(head) && sameJson(less(base, same), less(head, same));
  if (before.registry === undefined) return { base: before, head: readRegistry(head), areSame };
  const after = readRegistry(less(head, same));
  const agents = Object.entries(before.registry.agents).filter(([name]) => same.has(name));
  const registry = after.registry && {
    ...after.registry,
    agents: { ...Object.fromEntries(agents), ...after.registry.agents },
  };
  return { base: withDangling(before), head: registry ? withDangling({ ...after, registry }) : after, areSame };
}

function withDangling(one: RegistryRead): RegistryRead {
  return one.registry === undefined
    ? one
    : { ...one, problems: atMost([...one.problems, ...danglingNames(one.registry)]) };
}

function sameAgents(base: unknown, head: unknown): ReadonlySet<string> {
  const [known, now] = [agentsOf(base), agentsOf(head)];
  const names = Object.keys(now).filter((name) => Object.hasOwn(known, name));
  return new Set(names.filter((name) => sameJson(known[name], now[name])));
}

/** The document without these agents */
function less(document: unknown, names: ReadonlySet<string>): unknown {
  if (names.size === 0 || !isObject(document)) return document;
  const agents = Object.entries(agentsOf(document)).filter(([name]) => !names.has(name));
  return { ...document, agents: Object.fromEntries(agents) };
}

function count(document: unknown): number {
  return Object.keys(agentsOf(document)).length;
}

interface RegistryRead {
  /** Undefined if the document cannot be read at all */
  readonly registry?: Registry;
  /** Unknown keys, or the reason why nothing was read */
  readonly problems: readonly Problem[];
  /** False if the document is too malformed to compare */
  readonly isTree: boolean;
}

const EMPTY: Registry = {
  version: REGISTRY_VERSION,
  trustDomain: "",
  trust: { issuers: [], starters: [] },
  agents: {},
  tools: {},
  datasets: {},
};

/** A longer list helps no reader. */
const MOST_PROBLEMS = 20;

/** Reads a whole registry. Without a document there is no agent. */
export function readRegistry(document: unknown): RegistryRead {
  if (document === undefined) return { registry: EMPTY, problems: [], isTree: true };
  const wellFormed = wellFormedRegistry(document);
  if (wellFormed !== undefined) return { registry: wellFormed, problems: [], isTree: true };
  const tree = treeProblem(document);
  if (tree !== undefined) return { problems: [tree], isTree: false };
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only who explains a mistake waits for the schema
  const { registrySchema } = require("./registry-schema") as typeof Schema;
  const strict = registrySchema.safeParse(document);
  if (strict.success) return { registry: strict.data, problems: [], isTree: true };
  const issues: readonly Issue[] = strict.error.issues;
  const malformed = issues.filter(({ code }) => code !== "unrecognized_keys");
  if (malformed.length > 0) {
    return { problems: atMost(malformed.map((issue) => malformedAt(issue, document))), isTree: true };
  }
  const registry = registrySchema.parse(without(document, issues));
  return { registry, problems: issues.flatMap(unknownKeys), isTree: true };
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
}

function malformedAt({ path, message }: Issue, document: unknown): Problem {
  const what = `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  return { path: path.map(String), why: `${what}, got ${brief(shown(valueAt(document, path)))}: synthesize again` };
}

function unknownKeys({ path, keys = [] }: Issue): readonly Problem[] {
  const why = "no such key is known: review with a newer version, or leave it out";
  return keys.map((key) => ({ path: [...path.map(String), key], why }));
}

function atMost(problems: readonly Problem[]): readonly Problem[] {
  const more = problems.length - MOST_PROBLEMS;
  if (more <= 0) return problems;
  return [...problems.slice(0, MOST_PROBLEMS), { path: [], why: `${more} more problems like the others` }];
}

/** The rest is compared as usual. */
function without(document: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(document);
  for (const { path, keys = [] } of issues) {
    const holder = valueAt(copy, path);
    for (const key of keys) delete (holder as Record<string, unknown>)[key];
  }
  return copy;
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (isTree(value) ? own(value, String(key)) : undefined), document);
}

const FORGOTTEN = "the registry has no such thing: synthesize again";

/** Names of tools, actions, datasets and tasks that the registry does not hold: their access is unknown. */
function danglingNames(registry: Registry): readonly Problem[] {
  const problems: Problem[] = [];
  for (const [agent, { tasks, serves = {} }] of Object.entries(registry.agents)) {
    for (const [name, task] of Object.entries(tasks)) {
      for (const path of missingFrom(registry, task)) {
        problems.push({ path: ["agents", agent, "tasks", name, ...path], why: FORGOTTEN });
      }
    }
    for (const [name, way] of Object.entries(serves)) {
      for (const task of way.tasks.filter((one) => own(tasks, one) === undefined)) {
        problems.push({ path: ["agents", agent, "serves", name, "tasks", task], why: FORGOTTEN });
      }
      const { tool, action } = way.pushes ?? {};
      if (tool === undefined || action === undefined) continue;
      if (own(own(registry.tools, tool)?.actions, action) === undefined) {
        problems.push({ path: ["agents", agent, "serves", name, "pushes", tool, action], why: FORGOTTEN });
      }
    }
  }
  return problems;
}

function missingFrom(registry: Registry, { tools, data, delegates }: RegistryTask): readonly (readonly string[])[] {
  const missing: (readonly string[])[] = [];
  for (const tool of Object.keys(tools)) {
    const known = own(registry.tools, tool)?.actions;
    for (const action of tools[tool] ?? []) {
      if (own(known, action) === undefined) missing.push(["tools", tool, action]);
    }
  }
  for (const dataset of Object.keys(data)) {
    if (own(registry.datasets, dataset) === undefined) missing.push(["data", dataset]);
  }
  for (const target of Object.keys(delegates)) {
    if (taskAt(registry, target) === undefined) missing.push(["delegates", target]);
  }
  return missing;
}
