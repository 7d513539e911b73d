import { type PolicyTask, unitsOf } from "../../../domain";
import { Denial } from "../denial";
import type { RecognisedCall } from "../request/recognised-call";

const SUM = "sum=";

/** What a call asks for */
export type Asking = Pick<RecognisedCall, "arguments" | "tokens">;

/**
 * What a call adds to each budget of its task that counts it: one, an amount in units, or the tokens that it can use at most.
 *
 * @param call `<tool>.<action>`
 * @throws Denial `call.amount`
 */
export function costsOf(
  { budgets }: Pick<PolicyTask, "budgets">,
  call: string,
  asking: Asking,
): Readonly<Record<string, number>> {
  const counting = Object.entries(budgets).filter(
    ([, { actions }]) => actions === "any" || Object.hasOwn(actions, call),
  );
  return Object.fromEntries(counting.map(([key]) => [key, costOf(key, asking)]));
}

/** Whether the budget counts tokens of models: what is spent of it before a call is settled behind it */
export function countsTokens(key: string): boolean {
  return countedBy(key) === "tokens";
}

/** @param key `<period>:calls:…`, `<period>:tokens:…` or `<period>:sum=<argument>:…` (domain/decision/budget-key.ts) */
function countedBy(key: string): string {
  return key.slice(key.indexOf(":") + 1, key.lastIndexOf(":"));
}

function costOf(key: string, { arguments: args, tokens = 0 }: Asking): number {
  const counted = countedBy(key);
  if (counted === "tokens") return tokens;
  if (!counted.startsWith(SUM)) return 1;
  const name = counted.slice(SUM.length);
  const units = Object.hasOwn(args, name) ? unitsOf(args[name]) : undefined;
  if (units !== undefined) return units;
  throw Denial.of("call.amount", `${JSON.stringify(name)} must be an amount, as a budget of the task adds it up`);
}
