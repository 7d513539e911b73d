import { CalendarDate } from "./calendar-date";

/** Where the present comes from, so that the same source and clock give the same bytes. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still, at midnight UTC of the date. */
export function fixedClock(date: string): Clock {
  const { instant } = CalendarDate.of(date, "clock", "date");
  return { now: () => new Date(instant) };
}
