import { type Changes, type ChangesByPrincipal, together } from "../../change";
import { selectorKeys } from "../../reach/kubernetes/selector-keys";
import type { Estate } from "../../read/resource";
import { gainsBetween, type NamedGains } from "./gains";
import { sortUnique } from "./fact-gains";
import { clusterStates, type ClusterStates } from "../../reach/kubernetes/cluster-state";
import { groupBy } from "../../group-by";
import type { KubernetesObject } from "../../reach/kubernetes/objects/object";

/** What each agent and each other principal of a cluster can do in only one of the states */
export function kubernetesChanges(
  base: Estate,
  head: Estate,
  [before, after]: ClusterStates = clusterStates(base, head),
): ChangesByPrincipal {
  if (before === after) return new Map();
  const keys = selectorKeys([before.cluster, after.cluster]);
  const gained = gainsBetween(before, after, keys);
  const lost = gainsBetween(after, before, keys);
  const changes = new Map<string, Changes>();
  for (const key of [...new Set([...gained.keys(), ...lost.keys()])].sort()) {
    const { name } = (gained.get(key) ?? lost.get(key)) as NamedGains;
    const { gains, losses, unknown } = together(changes.get(name), {
      gains: gained.get(key)?.gains ?? [],
      losses: lost.get(key)?.gains ?? [],
      unknown: gained.get(key)?.unknown ?? [],
    });
    changes.set(name, { gains: sortUnique(gains), losses: sortUnique(losses), unknown: sortUnique(unknown) });
  }
  for (const [name, more] of doubleChanges(before.cluster.objects, after.cluster.objects)) {
    changes.set(name, together(changes.get(name), more));
  }
  return changes;
}

/** Fields of an object that another resource declares, such as an agent's entry in a record */
const FIELDS = /_data\./;

/** Objects declared twice: unknown which one holds after apply. */
export function doubleChanges(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): ChangesByPrincipal {
  const known = new Set(doubles(before).map(textOf));
  const changes = new Map<string, Changes>();
  for (const same of doubles(after).filter((each) => !known.has(textOf(each)))) {
    const why = `it is declared ${same.length} times, and which of them holds is not known: keep one`;
    for (const { kind, name, address } of same) {
      changes.set(address, { gains: [], losses: [], unknown: [{ what: `${kind} ${name}`, why, source: { address } }] });
    }
  }
  return changes;
}

function doubles(objects: readonly KubernetesObject[]): readonly (readonly KubernetesObject[])[] {
  const named = groupBy(
    objects.filter(({ address }) => !FIELDS.test(address)),
    ({ kind, namespace, name }) => JSON.stringify([kind, namespace, name]),
  );
  return [...named.values()].filter(({ length }) => length > 1);
}

function textOf(same: readonly KubernetesObject[]): string {
  return JSON.stringify(same.map(({ body }) => JSON.stringify(body)).sort());
}
