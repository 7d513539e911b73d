import { own } from "../../../domain";
import type { Changes, ChangesByPrincipal, Unknown } from "../../change";
import type { Problem } from "../../../domain/registry/problem";
import { readRegistries, type RegistriesRead } from "../../reach/declared/read-registries";
import type { Registry } from "../../reach/declared/registry";
import { reachOfAgent } from "../../reach/declared/work";
import { agentsOf } from "../../read/resource";
import { asGain, asLoss, type Gap } from "./gap";
import { type Side, sideOf } from "../../reach/declared/side";
import { affectedAgents } from "./affected-agents";
import { concerns, endlessUnknown, REGISTRY, type State, unknownOf } from "../../reach/declared/registry-problems";
import { agentGaps, newAgentGaps, stateGap } from "./agent-gaps";
import { controlGaps } from "./control-gaps";
import { datasetGaps } from "./dataset-gaps";
import { peopleGaps } from "./people-gaps";
import { servingGaps } from "./serving-gaps";
import { toolGaps } from "./tool-gaps";
import { trustGaps } from "./trust-gaps";
import { workGaps } from "./work-gaps";

/**
 * What each agent may do under only one of two registries (`registry.json`), by name of the agent.
 *
 * | What changes                                             | Which way is a gain                                 |
 * | -------------------------------------------------------- | --------------------------------------------------- |
 * | agent, task, start, client, action, data, delegation     | one more                                            |
 * | state                                                    | active again: all that it may do                    |
 * | expiry, session, ttl, credential, horizon, depth, bounds | more                                                |
 * | owner, SPIFFE ID, service account, trust domain          | another, both ways                                  |
 * | credentials, isolation                                   | by itself, shared; another way by itself, both ways |
 * | approval                                                 | none, longer; another group, both ways              |
 * | budget, order                                            | none that holds for what the old one held for       |
 * | observe                                                  | begun, longer                                       |
 * | url, kind, service, match, pinned schema of a tool       | another, both ways; a stricter body is none         |
 * | clearance of a tool                                      | higher                                              |
 * | untrusted output, impact, outward                        | said to be harmless                                 |
 * | untrusted data                                           | trusted where it is read, else untrusted            |
 * | memory                                                   | no longer shared                                    |
 * | bound parameters, bound rows                             | free; bound to another, both ways                   |
 * | touched data                                             | one more; one less that is read                     |
 * | sensitivity of data                                      | lower where it is read, else higher                 |
 * | place of data                                            | another, both ways; a part of a bucket is none      |
 * | issuer, starter, its keys and algorithms                 | one more                                            |
 * | people: issuer, keys, client, claim of a group           | another, both ways                                  |
 * | their operators, age of a login, clearance of a group    | one more, older, higher                             |
 * | way in: its port, protocol, host, card                   | another, both ways                                  |
 * | its tasks, paths, clearance                              | one more, higher                                    |
 * | what callers send                                        | counts for less, or as trusted                      |
 * | concurrency                                              | many sessions in a pod                              |
 * | purpose, reasons, risk, AWS role and session policy      | neither: words, or told by others. A card shows the |
 * |                                                          | purpose where it has no description                 |
 *
 * Work that an agent delegates counts as its own.
 *
 * @param read both documents
 */
export function declaredChanges(
  base: unknown,
  head: unknown,
  read: RegistriesRead = readRegistries(base, head),
): ChangesByPrincipal {
  const { base: before, head: after, areSame } = read;
  if (areSame) return new Map();
  const problems: readonly Told[] = [
    ...before.problems.map((problem) => ({ problem, state: "base" as const })),
    ...after.problems.map((problem) => ({ problem, state: "head" as const })),
  ];
  if (before.registry === undefined || after.registry === undefined) {
    return unknownForAll(
      [base, head].flatMap((document) => Object.keys(agentsOf(document))),
      problems,
    );
  }
  return compare(before.registry, after.registry, problems);
}

interface Told {
  readonly problem: Problem;
  readonly state: State;
}

function unknownForAll(names: readonly string[], problems: readonly Told[]): ChangesByPrincipal {
  const unknown = problems.map(({ problem, state }) => unknownOf(problem, state));
  const all = names.length === 0 ? [REGISTRY] : [...new Set(names)].sort();
  return new Map(all.map((name) => [name, { gains: [], losses: [], unknown }]));
}

function compare(base: Registry, head: Registry, problems: readonly Told[]): ChangesByPrincipal {
  const all = new Set([...Object.keys(base.agents), ...Object.keys(head.agents)]);
  if (all.size === 0 && problems.length > 0) return unknownForAll([], problems);
  const names = problems.length > 0 ? all : affectedAgents(base, head);
  const changes = new Map<string, Changes>();
  for (const name of [...names].sort()) {
    const of = changesOf(name, base, head, problems);
    if (of.gains.length + of.losses.length + of.unknown.length > 0) changes.set(name, of);
  }
  return changes;
}

function changesOf(name: string, base: Registry, head: Registry, problems: readonly Told[]): Changes {
  const [before, after] = [seen(base, name, "base"), seen(head, name, "head")];
  const about = problems.filter(({ problem }) =>
    [before.side, after.side].some((side) => side !== undefined && concerns(problem, side)),
  );
  return {
    gains: atMost(gapsOf(before.side, after.side)).map(asGain),
    losses: atMost(gapsOf(after.side, before.side)).map(asLoss),
    unknown: [...about.map(({ problem, state }) => unknownOf(problem, state)), ...before.unknown, ...after.unknown],
  };
}

/** One agent needs no longer list: the last entry stands for the rest. */
const MOST_GAPS = 1_000;

function atMost(gaps: readonly Gap[]): readonly Gap[] {
  const [next, ...rest] = gaps.slice(MOST_GAPS);
  if (next === undefined) return gaps;
  return [...gaps.slice(0, MOST_GAPS), { ...next, what: `${next.what}, and ${rest.length} more` }];
}

interface Seen {
  readonly side?: Side;
  readonly unknown: readonly Unknown[];
}

function seen(registry: Registry, name: string, state: State): Seen {
  const agent = own(registry.agents, name);
  if (agent === undefined) return { unknown: [] };
  const reach = reachOfAgent(registry, name);
  return { side: sideOf(registry, name, agent, reach), unknown: reach.isWhole ? [] : [endlessUnknown(name, state)] };
}

/** All that the wide registry lets an agent do and the narrow one does not */
function gapsOf(narrow: Side | undefined, wide: Side | undefined): readonly Gap[] {
  if (wide === undefined) return [];
  if (narrow === undefined) return onceActive(wide, [...newAgentGaps(wide), ...rightGaps(undefined, wide, true)]);
  const changed = agentGaps(narrow, wide);
  const wakes = narrow.agent.state !== "active" && wide.agent.state === "active";
  // While it was stopped it could do nothing, so its former tasks do not matter.
  if (wakes) return [stateGap(narrow, wide), ...changed, ...rightGaps(undefined, wide, true)];
  return onceActive(wide, [
    ...changed,
    ...trustGaps(narrow, wide),
    ...peopleGaps(narrow, wide),
    ...rightGaps(narrow, wide, false),
  ]);
}

function rightGaps(narrow: Side | undefined, wide: Side, isNew: boolean): readonly Gap[] {
  return [
    ...[...wide.works].flatMap(([key, work]) => {
      const before = narrow?.works.get(key);
      return [...workGaps(before, work, wide, isNew), ...controlGaps(before, work, wide.registry)];
    }),
    ...servingGaps(narrow, wide, isNew),
    ...toolGaps(narrow, wide),
    ...datasetGaps(narrow, wide),
  ];
}

/** A stopped agent uses a new right once it is active again: its approver should decide now. */
function onceActive({ agent: { state } }: Side, gaps: readonly Gap[]): readonly Gap[] {
  if (state === "active") return gaps;
  return gaps.map((gap) => ({ ...gap, witness: `${gap.witness}, once the agent is not ${state} any more` }));
}
