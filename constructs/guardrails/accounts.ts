import type { StackJson } from "./stack";
import { textsOf, UndecidedValue } from "./value";

/** Numbers of the accounts that the providers of the stack may change; empty where none is written */
export function ownAccounts(stack: StackJson): readonly string[] {
  return stack.of("provider.aws").flatMap(({ body }) => textsOf(body, "allowed_account_ids"));
}

/** Whether an account is another one cannot be told where the own one is not written. */
export function undecidedAccount(account: string): UndecidedValue {
  return new UndecidedValue("allowed_account_ids", account, "the own account is not written");
}
