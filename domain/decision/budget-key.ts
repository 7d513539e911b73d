import { unitsOf } from "../amount";
import type { RegistryBudget } from "../registry/document";

/** Name of a budget within its task, such as `day:calls:all`, `day:sum=amount:payments.refund` or `hour:tokens:all`. */
export function budgetKey({ period, sumOf, counts, actions }: RegistryBudget): string {
  const counted = counts ?? (sumOf === undefined ? "calls" : `sum=${sumOf}`);
  return [period, counted, actions === undefined ? "all" : [...actions].sort().join("+")].join(":");
}

/**
 * The limit in counted units: calls, tokens, or units of the sum; NaN for an invalid amount, which no declaration has.
 */
export function budgetUnits({ limit, sumOf }: RegistryBudget): number {
  return sumOf === undefined ? limit : (unitsOf(limit) ?? NaN);
}
