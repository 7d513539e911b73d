import { MalformedToken } from "./compact";
import type { JsonObject } from "./json";

/** The last second of the year 9999 */
const LAST_SECOND = 253_402_300_799;

/**
 * A claim that is a NumericDate (RFC 7519 section 2), as written: fractions are kept.
 *
 * @throws MalformedToken
 */
export function instant(claims: JsonObject, name: string): number {
  const value = claims[name];
  if (typeof value === "number" && value >= 0 && value <= LAST_SECOND) return value;
  throw new MalformedToken(`${name} must be seconds since the epoch`);
}

/** The same, where the claim may be left out */
export function optionalInstant(claims: JsonObject, name: string): number | undefined {
  return claims[name] === undefined ? undefined : instant(claims, name);
}
