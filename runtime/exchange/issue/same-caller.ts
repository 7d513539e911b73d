import { isSamePerson } from "../../approval/same-person";
import type { ProvenStart } from "../../session/evidence";
import type { ChainHop, Run } from "../../session/session";
import { chainBehind } from "./chain";

/**
 * Whether evidence is of who had the run begin: the same user; of a schedule or an event the very same token; of work that was handed on
 * the same delegator's run.
 */
export function isSameCaller({ start, user, evidence, chain }: Run, proven: ProvenStart): boolean {
  // A run that was handed on has the user of its chain, and is not the user's to join.
  if (start !== proven.by) return false;
  switch (proven.by) {
    case "user":
      return user !== null && proven.user !== null && isSamePerson(user, proven.user);
    case "schedule":
    case "event":
      return evidence !== null && evidence.digest === proven.outside?.digest;
    case "delegation":
      return isSameHop(chain.at(-1), chainBehind(proven.parent).at(-1));
    case "agent":
      return false;
  }
}

function isSameHop(one: ChainHop | undefined, other: ChainHop | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  return (["spiffeId", "agent", "task", "run"] as const).every((name) => one[name] === other[name]);
}
