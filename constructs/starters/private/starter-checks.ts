import { refuse, shown } from "../../../domain";
import { bucketOf, type CheckedOrigin } from "../../../domain/event-origin";
import { ROLE } from "../../aws/role";
import type { Platform } from "../../platform/platform";
import type { StarterFunctionProps } from "./starter-function";

/** Starter queues of any platform: only the queue's own starter may read it */
const OF_STARTER = /:ambit-[^:]+-starter-[^:]+$/;

/**
 * ARNs of the roles that may put dead letters back
 *
 * @throws DeclarationError `starter.malformed`
 */
export function redriversOf(
  { redrivers = [] }: Pick<StarterFunctionProps, "redrivers">,
  { account }: Platform,
  where: string,
): readonly string[] {
  return redrivers.map((role, index) =>
    ROLE.arnOf(role, { property: `redrivers[${index}]`, where, code: "starter.malformed", account }),
  );
}

/**
 * Senders are in the platform's account, and topics also in its region: the queue's policy allows no others.
 *
 * @throws DeclarationError `starter.malformed`
 */
export function checkSenders(origin: CheckedOrigin, { partition, region, account }: Platform, where: string): void {
  if (origin.kind !== "senders") return;
  const topics = `arn:${partition}:sns:${region}:${account}:`;
  const buckets = `arn:${partition}:s3:::`;
  for (const sender of origin.senders) {
    const isBucket = bucketOf(sender) !== undefined;
    if (sender.startsWith(isBucket ? buckets : topics)) continue;
    const what = isBucket
      ? `from.senders must be buckets of the platform's partition ${shown(partition)}`
      : `from.senders must be topics of the platform's account and region (${topics}…)`;
    refuse("starter.malformed", where, `${what}, got ${shown(sender)}: name one there, to which the others are sent`);
  }
}

/**
 * A queue of another owner is in the platform's account and region, and is not one of Ambit's own.
 *
 * @throws DeclarationError `starter.malformed`
 */
export function checkQueue(queue: string, { partition, region, account }: Platform, where: string): void {
  const queues = `arn:${partition}:sqs:${region}:${account}:`;
  if (OF_STARTER.test(queue)) {
    const what = `from.queue must be the queue of another owner, got that of a starter ${shown(queue)}`;
    refuse("starter.malformed", where, `${what}: name the queue into which the events are sent`);
  }
  if (queue.startsWith(queues)) return;
  const what = `from.queue must be a queue of the platform's account and region (${queues}…)`;
  refuse("starter.malformed", where, `${what}, got ${shown(queue)}: name one there, to which the others are sent`);
}
