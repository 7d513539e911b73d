import { type Acknowledgement, LONGEST_ACKNOWLEDGEMENT_DAYS } from "../../domain/acknowledgement";
import { CalendarDate } from "../../domain/calendar-date";

/** Why it does not count on this day; undefined if it does */
export function outOfTime({ expires }: Acknowledgement, now: Date): "ended" | "too-long" | undefined {
  const day = CalendarDate.of(expires, "acknowledgement", "expires");
  if (day.hasCome(now)) return "ended";
  return day.daysFrom(now) > LONGEST_ACKNOWLEDGEMENT_DAYS ? "too-long" : undefined;
}
