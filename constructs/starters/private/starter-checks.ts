import { refuse, shown } from "../../../domain";
import { bucketOf, type CheckedOrigin } from "../../../domain/event-origin";
import type { Platform } from "../../platform/platform";

/** Of any platform: what such a queue holds is for its own starter */
const OF_STARTER = /:ambit-[^:]+-starter-[^:]+$/;
const ROLE_NAME = /^role\/([\x21-\x29\x2b-\x3e\x40-\x7e]+\/)?[A-Za-z0-9_+=,.@-]{1,64}$/;

/** @throws DeclarationError `starter.malformed` */
export function checkRedrivers(redrivers: readonly string[], { partition, account }: Platform, where: string): void {
  const start = `arn:${partition}:iam::${account}:`;
  for (const arn of redrivers as readonly unknown[]) {
    // A character such as * would stand for others.
    if (typeof arn === "string" && arn.startsWith(start) && ROLE_NAME.test(arn.slice(start.length))) continue;
    const what = "redrivers must be exact ARNs of roles of the platform's account";
    refuse("starter.malformed", where, `${what}, got ${shown(arn)}: write one such as "${start}role/on-call"`);
  }
}

/**
 * What sends is of the platform's own account, and a topic of its region too: the policy of the queue lets in nothing else.
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
 * The queue of another owner is of the platform's account and region, and none of Ambit's own.
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
