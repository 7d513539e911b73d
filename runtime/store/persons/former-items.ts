import { isRecord } from "../../../domain/is-record";
import type { Value } from "../../json";
import type { Item, Key } from "../store";

/** Partitions whose items stop something for longer than an epoch: an exchange of an earlier version writes and finds them by another name. */
const LASTING = ["revoked", "ended-logins#"];

/** Where an exchange of an earlier version has the item of a key; undefined if it is the same, or ends with the epoch */
export function formerKey(key: Key, named: Key): Key | undefined {
  return named !== key && LASTING.some((partition) => key.partition.startsWith(partition)) ? key : undefined;
}

/**
 * What both items say together: undefined if the named one says it already.
 *
 * @param named as this version has it
 * @param former as an exchange of an earlier version has it
 */
export function together(named: Item | undefined, former: Item): Value | undefined {
  if (named === undefined) return former.value;
  const [before, own] = [former.value, named.value];
  // Logins have ended up to a time, which a later word moves.
  if (!isRecord(before) || !isRecord(own) || !("before" in before) || !("before" in own)) return undefined;
  return (before["before"] as number) > (own["before"] as number) ? (before as Value) : undefined;
}
