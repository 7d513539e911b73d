/** Decimal places of an argument that a budget adds up */
const PLACES = 4;
/** What a sum is counted in: stores and engines compare whole numbers, which are exact everywhere */
export const UNITS_PER_ONE = 10 ** PLACES;
/** So that sums stay exact in a double and in 64 bits */
export const MOST_UNITS = 1_000_000_000_000_000;

/** An amount in whole units; undefined if it is negative, or not exactly representable in units. */
export function unitsOf(amount: unknown): number | undefined {
  if (typeof amount !== "number" || !(amount >= 0)) return undefined;
  const units = Math.round(Math.abs(amount) * UNITS_PER_ONE);
  return units <= MOST_UNITS && units / UNITS_PER_ONE === amount ? units : undefined;
}
