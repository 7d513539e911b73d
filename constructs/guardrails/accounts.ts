import type { Violation } from "./rule";
import type { StackJson } from "./stack";
import { textsOf, UndecidedValue } from "./value";

/** Numbers of the accounts that the providers of the stack may change; empty where none is written */
export function ownAccounts(stack: StackJson): readonly string[] {
  return stack.of("provider.aws").flatMap(({ body }) => textsOf(body, "allowed_account_ids"));
}

/** Whether an account is another one cannot be told where the own one is not written. */
function undecidedAccount(account: string): UndecidedValue {
  return new UndecidedValue("allowed_account_ids", account, "the own account is not written");
}

/** What is told of an account that a block names: nothing of the own one, and that it cannot be told where the own one is not written */
export function foreignTo(
  stack: StackJson,
): (account: string, violation: Violation) => readonly (UndecidedValue | Violation)[] {
  const own = ownAccounts(stack);
  return (account, violation) =>
    own.includes(account) ? [] : [own.length === 0 ? undecidedAccount(account) : violation];
}
