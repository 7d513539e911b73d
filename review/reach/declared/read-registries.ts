import { isObject } from "../../read/json";
import { agentsOf } from "../../read/registry-agents";
import { dangling } from "./dangling";
import { atMost, readRegistry, type RegistryRead } from "./read-registry";
import { sameJson } from "./same-json";

export interface RegistriesRead {
  readonly base: RegistryRead;
  readonly head: RegistryRead;
  /** Whether the two say the same, word for word */
  readonly areSame: boolean;
}

/** Reads two registries. Agents that are written alike in both are read once: most agents do not change. */
export function readRegistries(base: unknown, head: unknown): RegistriesRead {
  const before = readRegistry(base);
  if (base === head) {
    const one = withDangling(before);
    return { base: one, head: one, areSame: before.isTree };
  }
  // Only what is known not to be nested too deep is walked side by side with anything.
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
  return one.registry === undefined ? one : { ...one, problems: atMost([...one.problems, ...dangling(one.registry)]) };
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
