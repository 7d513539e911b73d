import type { Json } from "../../../../domain";
import { valuesAt } from "../../private/values-at";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { isReference, UndecidedValue } from "../../value";

/** Where each type names what its members get, and the type that has the policies */
const GIVING: Readonly<Record<string, readonly [at: string, from: string]>> = {
  aws_iam_group_membership: ["group", "aws_iam_group"],
  aws_iam_user_group_membership: ["groups", "aws_iam_group"],
  aws_identitystore_group_membership: ["group_id", "aws_identitystore_group"],
  aws_ssoadmin_account_assignment: ["permission_set_arn", "aws_ssoadmin_permission_set"],
};

/** Policies of groups and permission sets are judged where they stand; of those that stand elsewhere, nothing is known. */
export const membership: BlockRule = {
  id: "AMBIT-IAM-MEMBERSHIP",
  severity: "medium",
  what: "a person or user may get only a group or permission set that the stack has",
  why: "no rule sees what the group allows, and it may allow everything in the account",
  fix: "declare the group or permission set with its policies in this stack, or acknowledge what it gives",
  standards: ["owasp-nhi/NHI5", "sp800-53/AC-6", "sp800-53/AC-2"],
  looksAt: Object.keys(GIVING),
  *check({ type, body }, stack) {
    const [at, from] = GIVING[type] as readonly [string, string];
    for (const each of valuesAt(body, at)) {
      const written = each instanceof UndecidedValue ? each.value : each;
      if (isInStack(written, from, stack)) continue;
      if (typeof written !== "string" || isReference(written))
        yield new UndecidedValue(at, written, `${at} names no ${from} of the stack`);
      else yield { what: `${at}::${written}`, at, evidence: written };
    }
  },
};

function isInStack(written: Json, type: string, stack: StackJson): boolean {
  const referred = stack.referred(written)?.block;
  if (referred !== undefined) return referred.mode === "resource" && referred.type === type;
  return type === "aws_iam_group" && stack.of(type).some(({ body }) => body["name"] === written);
}
