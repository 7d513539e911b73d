import { distinct, type Unknown } from "../change";
import type { IdentityRole } from "../reach/aws/identity-roles";
import type { AwsPrincipal } from "../reach/aws/principal";
import type { AwsReach } from "../reach/aws/principals";
import { givenWay } from "../reach/aws/way";

/** A principal with the roles of others that it becomes by its own identity. Undefined where it has no way into AWS */
export function withIdentityRoles(
  { id: name, isAgent }: { readonly id: string; readonly isAgent: boolean },
  { principals, become }: AwsReach,
  roles: readonly IdentityRole[],
): AwsPrincipal | undefined {
  const own = principals.get(name);
  const ways = [...once(roles)].flatMap((one) => {
    const becomes = become(one.role.address, givenWay("identity", one.role.key, one.unknown));
    return becomes === undefined ? [] : [{ ...becomes, unknown: [...doubtOf(one), ...becomes.unknown] }];
  });
  const [first] = ways;
  if (first === undefined) return own;
  return {
    ...(own ?? { name, isAgent, paths: [], denies: first.denies, roles: [], chained: [], unknown: [] }),
    paths: [...(own?.paths ?? []), ...ways.flatMap(({ paths }) => paths)],
    unknown: distinct([...(own?.unknown ?? []), ...ways.flatMap(({ unknown }) => unknown)]),
  };
}

/** A role may be of several agents. */
function once(roles: readonly IdentityRole[]): Iterable<IdentityRole> {
  return new Map(roles.map((one) => [one.role.address, one])).values();
}

function doubtOf({ role: { address }, unknown, address: at }: IdentityRole): readonly Unknown[] {
  if (unknown === undefined) return [];
  return [{ what: `whether it becomes ${address} by its own identity`, why: unknown, source: { address: at } }];
}
