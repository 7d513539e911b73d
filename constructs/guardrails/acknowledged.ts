import { type Acknowledgement, LONGEST_ACKNOWLEDGEMENT_DAYS } from "../../domain/acknowledgement";
import { CalendarDate } from "../../domain/calendar-date";
import type { Json } from "../../domain/json";
import { isObject, type BlockBody } from "./value";

/** Key in the comment `//` of a block, below which they stand by hash */
export const ACKNOWLEDGED = "acknowledged";

/** What stands in the comment of a block. What is no acknowledgement counts as none, so its finding is refused. */
export function acknowledgementsIn(comment: BlockBody): readonly Acknowledgement[] {
  const written = comment[ACKNOWLEDGED];
  if (!isObject(written)) return [];
  return Object.entries(written).flatMap(([hash, value]) => acknowledgement(hash, value) ?? []);
}

function acknowledgement(hash: string, value: Json | undefined): Acknowledgement | undefined {
  if (!isObject(value)) return undefined;
  const { finding, reason, owner, expires } = value;
  if (typeof finding !== "string" || typeof reason !== "string" || typeof owner !== "string") return undefined;
  return isDay(expires) ? { finding, hash, reason, owner, expires } : undefined;
}

function isDay(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const instant = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(value);
}

/** Why it does not count on this day; undefined if it does */
export function outOfTime({ expires }: Acknowledgement, now: Date): "ended" | "too-long" | undefined {
  const day = CalendarDate.of(expires, "acknowledgement", "expires");
  if (day.hasCome(now)) return "ended";
  return day.daysFrom(now) > LONGEST_ACKNOWLEDGEMENT_DAYS ? "too-long" : undefined;
}
