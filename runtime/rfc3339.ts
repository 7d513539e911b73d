/**
 * A time in UTC, to the second, such as `2026-11-11T09:00:00Z` (RFC 3339)
 *
 * @param seconds whole seconds since the epoch
 */
export function rfc3339(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}
