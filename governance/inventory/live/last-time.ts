/** The latest of these times; minus infinity where there is none */
export function latest(times: readonly (number | undefined)[]): number {
  return times.reduce<number>((last, time) => (time !== undefined && time > last ? time : last), -Infinity);
}

/** Day (UTC) of a time in seconds since 1970 */
export function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, "YYYY-MM-DD".length);
}
