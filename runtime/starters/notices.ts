import { isRecord } from "../../domain/is-record";

/** A notification of SNS (SNS developer guide, "Parsing message formats") */
export interface Notice {
  readonly topic: string;
  readonly id: string;
  readonly text: string;
}

const CONFIRMATIONS: readonly unknown[] = ["SubscriptionConfirmation", "UnsubscribeConfirmation"];
const TEST = "s3:TestEvent";

/** Undefined for what a topic sends raw, and a bucket */
export function noticeIn(value: unknown): Notice | undefined {
  if (!isRecord(value) || value.Type !== "Notification") return undefined;
  const { TopicArn: topic, MessageId: id, Message: text } = value;
  return typeof topic === "string" && typeof id === "string" && typeof text === "string"
    ? { topic, id, text }
    : undefined;
}

/** S3 tries a notification when it is set up, and SNS asks for a confirmation: neither tells of an event. */
export function isForNothing(value: unknown): boolean {
  if (!isRecord(value)) return false;
  if (value.Service === "Amazon S3" && value.Event === TEST) return true;
  if (CONFIRMATIONS.includes(value.Type) && typeof value.Token === "string") return true;
  const text = noticeIn(value)?.text;
  return text !== undefined && isForNothing(jsonIn(text));
}

/**
 * Identifies events of S3 objects (S3 user guide, "Event message structure"): S3 delivers each at least once, in a
 * message of its own. Undefined for other messages, and for incomplete ones.
 */
export function objectsIn(value: unknown): readonly unknown[] | undefined {
  const records: unknown = isRecord(value) ? value.Records : undefined;
  if (!Array.isArray(records) || records.length === 0) return undefined;
  const objects = records.map(objectOf);
  return objects.includes(undefined) ? undefined : objects;
}

function objectOf(record: unknown): readonly unknown[] | undefined {
  if (!isRecord(record) || record.eventSource !== "aws:s3" || !isRecord(record.s3)) return undefined;
  const { bucket, object } = record.s3;
  if (!isRecord(bucket) || !isRecord(object)) return undefined;
  const request = isRecord(record.responseElements) ? record.responseElements["x-amz-request-id"] : undefined;
  const facts = [bucket.name, object.key, record.eventName];
  const tells = [object.sequencer ?? null, request ?? null];
  if (facts.some((fact) => typeof fact !== "string") || tells.every((one) => one === null)) return undefined;
  return [...facts, object.versionId ?? null, ...tells];
}

/** Undefined if the text is not JSON */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
