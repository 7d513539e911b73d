import { hash } from "node:crypto";
import { isRecord } from "../../domain/is-record";
import type { StarterConfig } from "./config";
import { isTooOld, OLDEST_SECONDS } from "./age";
import { isForNothing, jsonIn, noticeIn, objectsIn } from "./notices";
import type { Occasion } from "./starter";

/** What an agent is sent is no larger: as much as EventBridge and, at first, SQS take */
const MOST_BYTES = 262_144;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
/** Ids of EventBridge are UUIDs. */
const ID = /^[\w.-]{1,64}$/;

/** A message of SQS as Lambda hands it over (Lambda developer guide, "Using Lambda with Amazon SQS") */
export interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: {
    /** From 1 */
    readonly ApproximateReceiveCount: string;
    /** Milliseconds since the epoch */
    readonly SentTimestamp: string;
  };
}

/** A message that can never start a task. One sentence with the reason. */
export class BadMessage extends Error {
  public override readonly name = "BadMessage";
}

/**
 * What the message tells of; undefined if a source only tries, or sets up, how it sends
 *
 * @param now milliseconds since the epoch
 * @throws BadMessage
 */
export function occasionOf(
  config: Pick<StarterConfig, "body" | "from" | "start">,
  { body, attributes }: Pick<QueueRecord, "attributes" | "body">,
  now: number,
): Occasion | undefined {
  const isAgain = attributes.ApproximateReceiveCount !== "1";
  const value = jsonIn(body);
  if (isTooOld(value, Number(attributes.SentTimestamp), now)) {
    throw new BadMessage(
      `the occasion is older than ${OLDEST_SECONDS} s, and may have started before: send anew what is still wanted`,
    );
  }
  if (config.start === "schedule") return { id: momentIn(value), isAgain, body: JSON.stringify(config.body ?? {}) };
  const bytes = Buffer.byteLength(body);
  if (bytes > MOST_BYTES) {
    throw new BadMessage(`the event must be at most ${MOST_BYTES} bytes, got ${bytes}: send where the data is`);
  }
  if (value === undefined) throw new BadMessage("the event must be JSON: send JSON");
  if (config.from === "bus") return { id: eventIn(value) ?? digest("message", body), isAgain, body };
  return isForNothing(value) ? undefined : { id: sentIn(value) ?? digest("message", body), isAgain, body };
}

/** What the schedule's target says: the moment that it was meant for, the same in each delivery */
function momentIn(value: unknown): string {
  const scheduled = isRecord(value) ? value.scheduled : undefined;
  if (typeof scheduled === "string" && MOMENT.test(scheduled)) return scheduled;
  throw new BadMessage("the schedule's message must say when it was scheduled: let the schedule's own target send it");
}

/** EventBridge gives each event its id: who puts it on a bus cannot choose it. */
function eventIn(value: unknown): string | undefined {
  if (!isRecord(value) || typeof value.id !== "string" || typeof value["detail-type"] !== "string") return undefined;
  return ID.test(value.id) ? `event ${value.id}` : digest("event", value.id);
}

/**
 * The same for each delivery. A sender to a topic may control the whole body, so the id is derived from the fields
 * outside it: a sender cannot forge another message's id.
 */
function sentIn(value: unknown): string | undefined {
  const notice = noticeIn(value);
  const objects = objectsIn(notice === undefined ? value : jsonIn(notice.text));
  if (objects !== undefined) return digest("object", JSON.stringify(objects));
  return notice === undefined ? undefined : digest("topic", JSON.stringify([notice.topic, notice.id, notice.text]));
}

function digest(of: string, text: string): string {
  return `${of} ${hash("sha256", text, "base64url")}`;
}
