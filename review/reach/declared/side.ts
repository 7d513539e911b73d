import { brief, type Registry, type RegistryAgent } from "./registry";
import { accessOf, actionOf, type Reach, type Work, type Works } from "./work";

/** One agent in one of the two registries */
export interface Side {
  readonly registry: Registry;
  readonly name: string;
  readonly agent: RegistryAgent;
  readonly works: Works;
  /** Used tools by name */
  readonly tools: ReadonlyMap<string, Use>;
  /** Used datasets by name */
  readonly datasets: ReadonlyMap<string, Use>;
}

/** How an agent uses a tool or a dataset, across all its work */
export interface Use {
  /** Names of actions, or kinds of access */
  readonly how: ReadonlySet<string>;
  /** The chain that uses it; empty for the agent's own use */
  readonly chain: readonly string[];
}

export function sideOf(registry: Registry, name: string, agent: RegistryAgent, { works }: Reach): Side {
  return {
    registry,
    name,
    agent,
    works,
    tools: usesOf(works, ({ actions }) => [...actions].map(actionOf).map(({ tool, action }) => [tool, action])),
    datasets: usesOf(works, ({ data }) => [...data].map(accessOf).map(({ dataset, kind }) => [dataset, kind])),
  };
}

function usesOf(works: Works, of: (work: Work) => readonly (readonly [string, string])[]): ReadonlyMap<string, Use> {
  const uses = new Map<string, { readonly how: Set<string>; chain: readonly string[] }>();
  for (const work of works.values()) {
    for (const [name, how] of of(work)) {
      const use = uses.get(name);
      if (use === undefined) {
        uses.set(name, { how: new Set([how]), chain: work.chain });
      } else {
        use.how.add(how);
        if (work.chain.length < use.chain.length) use.chain = work.chain;
      }
    }
  }
  return uses;
}

export function through(chain: readonly string[]): string {
  return chain.length === 0 ? "" : ` through ${brief(chain.join(" → "))}`;
}

/** `task answer`, or `task answer through researcher.lookup` */
export function labelOf({ start, chain }: Pick<Work, "start" | "chain">): string {
  return `task ${start}${through(chain)}`;
}

/** Used by both */
export function intersection(narrow: ReadonlySet<string>, wide: ReadonlySet<string>): readonly string[] {
  return [...wide].filter((one) => narrow.has(one));
}

/** Used only by the wide one */
export function additions(narrow: ReadonlySet<string> | undefined, wide: ReadonlySet<string>): readonly string[] {
  return [...wide].filter((one) => !(narrow?.has(one) ?? false));
}
