import type { StackJson } from "./stack";
import { textsOf } from "./value";

/** Numbers of the accounts that the providers of the stack may change; empty where none is written */
export function ownAccounts(stack: StackJson): readonly string[] {
  return stack.of("provider.aws").flatMap(({ body }) => textsOf(body, "allowed_account_ids"));
}
