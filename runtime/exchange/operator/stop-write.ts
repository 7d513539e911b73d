import { revocationOf, revoke, type Revocation } from "../../session/revocations";
import type { Item, Write } from "../../store/store";
import type { Stop } from "./stop";

/**
 * What an order writes. One that comes after another moves no time to an earlier one, and is seen by a restoration under way: the item
 * has another version, and another time of the last order, also within one second.
 */
export function stopWrite(
  { target, until, restorableAt }: Stop,
  before: Item | undefined,
  { why, by, at: now }: Pick<Revocation, "at" | "by" | "why">,
): Extract<Write, { kind: "put" }> {
  const first = before === undefined ? undefined : revocationOf(before);
  const restorable = later(restorableAt, first?.restorableAt);
  const said: Revocation = {
    why,
    by,
    at: first?.at ?? now,
    ...(restorable !== undefined && { restorableAt: restorable }),
    lastOrderedAt: Math.max(now, (first?.lastOrderedAt ?? 0) + 1),
    ...(target.kind === "user" && { user: target.user }),
  };
  return {
    ...revoke(target, said, later(until, before?.expiresAt)),
    when: before === undefined ? "absent" : { version: before.version },
  };
}

function later(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined ? other : Math.max(one, other ?? one);
}
