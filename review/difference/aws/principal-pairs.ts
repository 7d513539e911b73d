import type { AwsPrincipal } from "../../reach/aws/aws-principal";

type Pair = readonly [before: AwsPrincipal | undefined, after: AwsPrincipal | undefined];

/**
 * The former principal of each name. A role that moved to another address is the same role. A role that was renamed in AWS
 * counts as one removed (listed first) and one added, under the same address.
 */
export function principalPairs(
  before: ReadonlyMap<string, AwsPrincipal>,
  after: ReadonlyMap<string, AwsPrincipal>,
): readonly (readonly [name: string, pair: Pair])[] {
  const byKey = new Map<string, AwsPrincipal>();
  for (const principal of before.values()) byKey.set(freeKey(keyOf(principal), principal, byKey), principal);
  const taken = new Map<string, AwsPrincipal>();
  const now: (readonly [string, Pair])[] = [];
  for (const principal of after.values()) {
    const key = freeKey(keyOf(principal), principal, taken);
    taken.set(key, principal);
    now.push([principal.name, [byKey.get(key), principal]]);
    byKey.delete(key);
  }
  const gone = [...byKey.values()].map((principal): readonly [string, Pair] => [
    principal.name,
    [principal, undefined],
  ]);
  return [...gone, ...now];
}

/** Two roles in unknown accounts may have one name. */
function freeKey(key: string, { name }: AwsPrincipal, taken: ReadonlyMap<string, AwsPrincipal>): string {
  return taken.has(key) ? `${key} ${name}` : key;
}

function keyOf({ isAgent, name, roles }: AwsPrincipal): string {
  return isAgent ? `agent ${name}` : (roles[0]?.key ?? name);
}
