import type { Json } from "../../../domain";
import { UndecidedValue } from "../value";

const SECONDS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/**
 * Seconds of a duration as Go writes it, such as `1h30m`.
 *
 * @throws UndecidedValue for all else
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function secondsOf(value: Json, at: string): number {
  if (typeof value !== "string" || !/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$|^0$/.test(value))
    throw new UndecidedValue(at, value, `${at} is no duration, such as 1h`);
  return [...value.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (SECONDS[unit as string] as number),
    0,
  );
}
