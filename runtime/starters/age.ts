import { isRecord } from "../../domain/is-record";
import { jsonIn, noticeIn } from "./notices";

/**
 * Older occasions start nothing: the exchange remembers used tokens somewhat longer, and an occasion that it has
 * forgotten would start its task again.
 */
export const OLDEST_SECONDS = 86_400;

/** Whether it is older, by what it says of itself and by when it got into the queue (milliseconds since the epoch) */
export function isTooOld(value: unknown, sent: number, now: number): boolean {
  const began = Math.min(sent, ...timesIn(value));
  // What is no number is not young enough.
  return !(now - began <= OLDEST_SECONDS * 1_000);
}

/** Times in formats of EventBridge, schedules, S3 and SNS; other texts are ignored */
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
