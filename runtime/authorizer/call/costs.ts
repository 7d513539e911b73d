import { type PolicyTask, unitsOf } from "../../../domain";
import { Denial } from "../denial";
import type { Arguments } from "../request/http-actions";

const SUM = "sum=";

/**
 * What a call adds to each budget of its task that counts it: one, or an amount in units.
 *
 * @param call `<tool>.<action>`
 * @throws Denial `call.amount`
 */
export function costsOf(
  { budgets }: Pick<PolicyTask, "budgets">,
  call: string,
  args: Arguments,
): Readonly<Record<string, number>> {
  const counting = Object.entries(budgets).filter(
    ([, { actions }]) => actions === "any" || Object.hasOwn(actions, call),
  );
  return Object.fromEntries(counting.map(([key]) => [key, costOf(key, args)]));
}

/** @param key `<period>:calls:…` or `<period>:sum=<argument>:…` (domain/decision/budget-key.ts) */
function costOf(key: string, args: Arguments): number {
  const counted = key.slice(key.indexOf(":") + 1, key.lastIndexOf(":"));
  if (!counted.startsWith(SUM)) return 1;
  const name = counted.slice(SUM.length);
  const units = Object.hasOwn(args, name) ? unitsOf(args[name]) : undefined;
  if (units !== undefined) return units;
  throw Denial.of("call.amount", `${JSON.stringify(name)} must be an amount, as a budget of the task adds it up`);
}
