import { unitsOf } from "../amount";
import type { RegistryBudget } from "../registry/document";

/** Name of a budget within its task, such as `day:calls:all` or `day:sum=amount:payments.refund`. */
export function budgetKey({ period, sumOf, actions }: RegistryBudget): string {
  const counted = sumOf === undefined ? "calls" : `sum=${sumOf}`;
  return [period, counted, actions === undefined ? "all" : [...actions].sort().join("+")].join(":");
}

/** The limit in what is counted: calls, or units of the sum; NaN where it is no such amount, which no declaration has. */
export function budgetUnits({ limit, sumOf }: RegistryBudget): number {
  return sumOf === undefined ? limit : (unitsOf(limit) ?? NaN);
}
