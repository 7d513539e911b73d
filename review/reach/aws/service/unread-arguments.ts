import type { Unknown } from "../../../change";
import type { Resource } from "../../../read/resource";

/** Of every resource, and such as open nothing */
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

/** Arguments that nobody here knows the meaning of */
export function unreadArguments({ type, address, values }: Resource, known: readonly string[]): readonly Unknown[] {
  return Object.keys(values)
    .filter((name) => values[name] !== null && !known.includes(name) && !ALWAYS.includes(name))
    .sort()
    .map((name) => ({
      what: `${name} of ${address}`,
      why: `what it lets anybody do is not known for ${type}: read it`,
      source: { address },
    }));
}
