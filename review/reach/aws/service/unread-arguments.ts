import type { Unknown } from "../../../change";
import type { Resource } from "../../../read/resource";

/** Arguments of every resource, and others that open nothing */
const ALWAYS = [
  "id",
  "tags",
  "tags_all",
  "region",
  "provider",
  "lifecycle",
  "count",
  "for_each",
  "provisioner",
  "connection",
];

/** Names of arguments that are not evaluated here: removing one may remove a limit. */
export function unreadNames({ values }: Resource, known: readonly string[]): readonly string[] {
  return Object.keys(values)
    .filter((name) => values[name] !== null && !known.includes(name) && !ALWAYS.includes(name))
    .sort();
}

export function unreadArguments(resource: Resource, known: readonly string[]): readonly Unknown[] {
  const { type, address } = resource;
  return unreadNames(resource, known).map((name) => ({
    what: `${name} of ${address}`,
    why: `what it allows is not known for ${type}: read it`,
    source: { address },
  }));
}
