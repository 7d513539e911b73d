import type { Statement } from "../../../../iam";
import { isNarrowedBy, isNarrowing, testsOf } from "../../conditions";
import { grantsOf } from "../../grants";
import { isAnyone, principalsOf, wholeAccount } from "../../principals";
import type { BlockRule } from "../../rule";
import { isWide } from "../../wide-patterns";

/** The account's number or root stands for all its principals, and so does everyone with a condition on the account. Conditions on the organisation or on MFA name none of them. */
export const wholeAccountTrusted: BlockRule = {
  id: "AMBIT-TRUST-ACCOUNT",
  severity: "high",
  what: "a role must not be open to a whole account",
  why: "each principal of that account that may call sts:AssumeRole becomes the role, also those that are made later",
  fix: "name the role's ARN as principal, or by ArnEquals on aws:PrincipalArn",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      if (isNarrowedBy(statement, NAMING, EVERY)) continue;
      const isGrouped = isNarrowedBy(statement, GROUP);
      for (const principal of principalsOf(statement)) {
        // Everyone without a condition is a finding of its own.
        const account = wholeAccount(principal) ?? (isAnyone(principal) && isGrouped ? "*" : undefined);
        if (account === undefined || namesRole(statement)) continue;
        yield { what: `Principal::${account}`, at: `${at}.Principal`, evidence };
      }
    }
  },
};

/** A role of any account: which account stands beside it */
function namesRole({ Condition }: Statement): boolean {
  return testsOf(Condition, /^aws:PrincipalArn$/i).some(
    ({ operator, values }) => isNarrowing(operator) && values.length > 0 && !values.some((each) => EVERY.test(each)),
  );
}

/** Keys whose value is an account, an organisation, or all principals of a pattern */
const GROUP = /^aws:Principal(?:Account|Arn|OrgID|OrgPaths)$/i;

const NAMING = /^(?:aws:(?:PrincipalArn|userid|PrincipalTag\/.+)|sts:ExternalId)$/i;

// All principals, or all roles or users of an account at any path: `role/*`, `role/*/*`, `r*`
const WHOLE = /^[*?]*$|:(?:role|user|assumed-role)\/[*?/]+$|:[*?]+$|^arn:.*:[^:/]*[*?][^:/]*(?:\/[*?/]*)?$/;

/** Names that begin with a wildcard, or after two letters, are those of many roles as well. */
const EVERY: Pick<RegExp, "test"> = {
  test: (value) => WHOLE.test(value) || (value.startsWith("arn:") && isWide(value)),
};
