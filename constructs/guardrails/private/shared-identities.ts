import type { Json } from "../../../domain";
import type { StackJson } from "../stack";
import { stacksBeside } from "./beside";
import { ASSOCIATION, type IdentityUse, usesIn } from "./identity-uses";
import { oncePer } from "./once-per";
import { namedUsers } from "./named-users";
import { isSamePlace } from "./places";

/** Who has an identity beside a workload: undefined if it is this one alone */
export function sharersOf(use: IdentityUse, stack: StackJson): Json | undefined {
  const users = usersIn(stacksBeside(stack)).get(use);
  if (users === undefined || (users.count < 2 && !use.isForSeveral)) return undefined;
  return users.named;
}

interface Users {
  readonly count: number;
  readonly named: Json;
}

/** The users of each identity, in all stacks of an app or a folder. Each workload asks. */
const usersIn = oncePer((stacks: readonly StackJson[]): ReadonlyMap<IdentityUse, Users> => {
  const named = new Map<string, IdentityUse[][]>();
  for (const use of stacks.flatMap((stack) => [...usesIn(stack).values()].flat())) {
    const identities = named.get(use.identity) ?? [];
    const same = identities.find(([first]) => isSame(first as IdentityUse, use));
    if (same === undefined) identities.push([use]);
    else same.push(use);
    named.set(use.identity, identities);
  }
  const users = new Map<IdentityUse, Users>();
  for (const uses of [...named.values()].flat()) {
    const names = usersOf(uses);
    const shared = { count: names.length, named: namedUsers(names) };
    for (const use of uses) users.set(use, shared);
  }
  return users;
});

/** Two stacks may each make a role of one name, in accounts of their own. */
function isSame(one: IdentityUse, other: IdentityUse): boolean {
  if (one.made !== undefined && other.made !== undefined) return one.made === other.made;
  return isSamePlace(one.place, other.place);
}

/** A service account that has its role by an association and by an annotation is one. */
function usersOf(uses: readonly IdentityUse[]): readonly string[] {
  const isAssociation = ({ by }: IdentityUse): boolean => by.includes(`/${ASSOCIATION}.`);
  const associated = new Set(uses.filter(isAssociation).map(({ account }) => account));
  const others = uses.filter((use) => isAssociation(use) || use.account === undefined || !associated.has(use.account));
  return [...new Set(others.map(({ by }) => by))].sort();
}
