import type { AwsPrincipal } from "../../reach/aws/principals";

/** A role that moved to another address is still the same role. */
export function paired(
  before: ReadonlyMap<string, AwsPrincipal>,
  after: ReadonlyMap<string, AwsPrincipal>,
): ReadonlyMap<string, readonly [AwsPrincipal | undefined, AwsPrincipal | undefined]> {
  const byKey = new Map<string, AwsPrincipal>();
  for (const principal of before.values()) byKey.set(freeKey(keyOf(principal), principal, byKey), principal);
  const taken = new Map<string, AwsPrincipal>();
  const pairs = new Map<string, readonly [AwsPrincipal | undefined, AwsPrincipal | undefined]>();
  for (const principal of after.values()) {
    const key = freeKey(keyOf(principal), principal, taken);
    taken.set(key, principal);
    pairs.set(principal.name, [byKey.get(key), principal]);
    byKey.delete(key);
  }
  for (const principal of byKey.values()) pairs.set(principal.name, [principal, undefined]);
  return pairs;
}

/** Two roles may have one name, in two accounts that nobody knows. */
function freeKey(key: string, { name }: AwsPrincipal, taken: ReadonlyMap<string, AwsPrincipal>): string {
  return taken.has(key) ? `${key} ${name}` : key;
}

function keyOf({ isAgent, name, roles }: AwsPrincipal): string {
  return isAgent ? `agent ${name}` : (roles[0]?.key ?? name);
}
