import type { Changes, ChangesByPrincipal } from "../../change";
import { grouped } from "../../grouped";
import type { KubernetesObject } from "../../reach/kubernetes/objects/object";

/** Fields of an object that is declared elsewhere, such as an agent's entry in a record */
const FIELDS = /_data\./;

/** Objects that are declared twice: which of them holds after apply is not known. */
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
  const named = grouped(
    objects.filter(({ address }) => !FIELDS.test(address)),
    ({ kind, namespace, name }) => JSON.stringify([kind, namespace, name]),
  );
  return [...named.values()].filter(({ length }) => length > 1);
}

function textOf(same: readonly KubernetesObject[]): string {
  return JSON.stringify(same.map(({ body }) => JSON.stringify(body)).sort());
}
