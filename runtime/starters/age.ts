import { isRecord } from "../../domain/is-record";
import { jsonIn, noticeIn } from "./notices";

/**
 * An occasion that is older starts nothing: the exchange remembers for somewhat longer that a token was used, and one of an occasion that
 * it has forgotten would start it again.
 */
export const OLDEST_SECONDS = 86_400;

/** Whether it is older, by what it says of itself and by when it got into the queue (milliseconds since the epoch) */
export function isTooOld(value: unknown, sent: number, now: number): boolean {
  const began = Math.min(sent, ...timesIn(value));
  // What is no number is not young enough.
  return !(now - began <= OLDEST_SECONDS * 1_000);
}

/** Of EventBridge, a schedule, S3 and SNS, each as it writes them; a text that is no time says nothing */
function timesIn(value: unknown): readonly number[] {
  if (!isRecord(value)) return [];
  const records: readonly unknown[] = Array.isArray(value.Records) ? value.Records : [];
  const events = records.map((record) => (isRecord(record) ? record.eventTime : undefined));
  const own = [value.scheduled, value.time, value.Timestamp, ...events]
    .map((time) => (typeof time === "string" ? Date.parse(time) : Number.NaN))
    .filter((time) => !Number.isNaN(time));
  const text = noticeIn(value)?.text;
  return text === undefined ? own : [...own, ...timesIn(jsonIn(text))];
}
