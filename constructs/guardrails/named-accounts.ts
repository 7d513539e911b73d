import type { Statement } from "../../iam";
import { testsOf } from "./conditions";
import { accountOf, isAnyone, principalsOf } from "./principals";

const OF_CALLER = /^(?:aws:Principal(?:Account|Arn)|kms:CallerAccount)$/i;

/** Numbers of the accounts whose principals a statement names, as principals or, where these are everyone, by a condition */
export function accountsNamed(statement: Statement): readonly string[] {
  const principals = principalsOf(statement);
  const named = principals.flatMap((each) => accountOf(each) ?? []);
  if (!principals.some(isAnyone)) return named;
  const tested = testsOf(statement.Condition, OF_CALLER)
    .filter(({ operator }) => !/Not/.test(operator))
    .flatMap(({ values }) => values.flatMap((value) => accountOf({ type: "AWS", value }) ?? []));
  return [...new Set([...named, ...tested])];
}
