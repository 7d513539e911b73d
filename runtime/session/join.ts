import { lastBelow, union, withLink } from "./common";
import type { Changed } from "./domain";
import { knowerName } from "./knower";
import { membersOf } from "./members";
import { waitingFor, waitingTogether } from "./reservation";
import { joined } from "./session-state";
import type { EpochState } from "./stored";

/**
 * Two sessions between which work is handed on: each knows from now on what the other's domain does.
 *
 * @param until when they stop telling each other
 * @throws Refusal `mark.credential-below` where one side could write below what the other knows, `mark.reserved` where
 *   that would be in the way of a read that waits
 */
export async function joint(
  state: EpochState,
  [own, delegator]: readonly [Changed, Changed],
  until: number,
  now: number,
): Promise<readonly [Changed, ...Changed[]]> {
  const [one, other] = [knowerName(delegator.knower), knowerName(own.knower)];
  if (one === other) return [own];
  const both = union(own.next, delegator.next, now);
  const last = lastBelow(both, both.mark, now);
  if (last !== undefined) throw await waitingFor(state, [own, delegator], both.mark, last, now);
  if (!membersOf([own.knower], own.next.links, now).has(one)) {
    const reserved = await waitingTogether(state, [own, delegator], now);
    if (reserved !== undefined) throw reserved;
  }
  const common = { ...both, links: withLink(both.links, { one, other, until }) };
  return [own, delegator].map((side) => ({ ...side, next: joined(side.next, common, now) })) as [Changed, Changed];
}

/**
 * A session that inherits from all that its agent holds.
 *
 * @throws Refusal `mark.credential-below` where its domain could write below that
 */
export async function inherited(state: EpochState, own: Changed, now: number): Promise<Changed> {
  const last = lastBelow(own.next, own.next.mark, now);
  if (last !== undefined) throw await waitingFor(state, [own], own.next.mark, last, now);
  return own;
}
