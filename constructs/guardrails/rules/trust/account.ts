import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { principalsOf, wholeAccount } from "../../principals";
import type { BlockRule } from "../../rule";

/** The account's number or root stands for all its principals. Conditions on the organisation or on MFA name none of them. */
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
      for (const principal of principalsOf(statement)) {
        const account = wholeAccount(principal);
        if (account !== undefined) yield { what: `Principal::${account}`, at: `${at}.Principal`, evidence };
      }
    }
  },
};

const NAMING = /^(?:aws:(?:PrincipalArn|userid|PrincipalTag\/.+)|sts:ExternalId)$/i;

// Values that stand for all principals, or for all roles or users of an account at any path: `role/*`, `role/*/*`, `r*`
const EVERY = /^[*?]*$|:(?:role|user|assumed-role)\/[*?/]+$|:[*?]+$|^arn:.*:[^:/]*[*?][^:/]*(?:\/[*?/]*)?$/;
