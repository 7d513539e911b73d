import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { isAnyone, principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** `*` of any kind, and `NotPrincipal`. A condition on the principal's ARN, account or organisation names some. */
export const anyone: BlockRule = {
  id: "AMBIT-TRUST-ANYONE",
  severity: "critical",
  what: "a role must name who becomes it",
  why: "every account of AWS, and so every attacker, becomes the role",
  fix: "name the principal's ARN",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3", "owasp-nhi/NHI6"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      const found = principalsOf(statement).find(isAnyone);
      if (found === undefined || isNarrowedBy(statement, NAMING)) continue;
      yield { what: `Principal::${found.type}`, at: `${at}.Principal`, evidence };
    }
  },
};

const NAMING = /^aws:(?:Principal(?:Arn|Account|OrgID|OrgPaths)|userid)$/i;
