import { unitsOf } from "../amount";
import type { Budget } from "../budget";

/** Name of a budget within its task, such as `day:calls:all` or `day:sum=amount:payments.refund`. */
export function budgetKey({ period, sumOf, actions }: Budget): string {
  const counted = sumOf === undefined ? "calls" : `sum=${sumOf}`;
  return [period, counted, actions === undefined ? "all" : [...actions].sort().join("+")].join(":");
}

/** The limit in what is counted: calls, or units of the sum. */
export function budgetUnits({ limit, sumOf }: Budget): number {
  return sumOf === undefined ? limit : (unitsOf(limit) as number);
}
