import { pointOf, type Scale } from "./scale";

const SECOND = 1000n;

/**
 * A day, or a moment to the millisecond with its time zone.
 *
 * Narrower than W3C's profile of ISO 8601: a year alone reads as epoch seconds as well, and a month alone or a time
 * without a zone leaves open which moment is meant.
 */
const DAY = /([1-9]\d{3})-(\d{2})-(\d{2})/.source;
const TIME = /([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?/.source;
const ZONE = /Z|([+-])([01]\d|2[0-3]):([0-5]\d)/.source;
const MOMENT = new RegExp(`^${DAY}(?:T${TIME}(?:${ZONE}))?$`);

/** Four digits may be a year: they are neither. */
const EPOCH_SECONDS = /^(?!\d{4}$)\d{1,12}$/;

const FIRST = BigInt(Date.UTC(1000, 0, 1));
const LAST = BigInt(Date.UTC(10_000, 0, 1)) - 1n;

/** Moments, in milliseconds since 1970. */
export const DATE: Scale = {
  universe: { from: FIRST, to: LAST },
  read,
  range: pointOf(read),
  write: (point) => new Date(Number(point)).toISOString().replace(".000Z", "Z"),
  preferred: [],
  units: [SECOND, 1n],
};

function read(text: string): bigint | undefined {
  const point = EPOCH_SECONDS.test(text) ? BigInt(text) * SECOND : moment(text);
  return point === undefined || point < FIRST || point > LAST ? undefined : point;
}

function moment(text: string): bigint | undefined {
  const found = MOMENT.exec(text);
  if (found === null) return undefined;
  const part = (index: number): number => Number(found[index] ?? 0);
  const midnight = new Date(Date.UTC(part(1), part(2) - 1, part(3)));
  // `Date` takes the 30th of February for a day of March.
  if (midnight.getUTCMonth() !== part(2) - 1) return undefined;
  const ahead = (found[8] === "-" ? -1 : 1) * (part(9) * 60 + part(10));
  const seconds = (part(4) * 60 + part(5) - ahead) * 60 + part(6);
  return BigInt(midnight.getTime() + seconds * 1000 + Number((found[7] ?? "").padEnd(3, "0")));
}
