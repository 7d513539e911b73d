import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** IAM Roles Anywhere. What tells certificates apart is their SPIFFE ID, or their subject. */
export const certificateSubject: BlockRule = {
  id: "AMBIT-TRUST-CERTIFICATE",
  severity: "critical",
  what: "a role that a certificate opens must name the certificate's SPIFFE ID or subject",
  why: "every certificate below the trust anchor opens the role, those of all other workloads included",
  fix: "test aws:PrincipalTag/x509SAN/URI by StringEquals",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3", "sp800-53/IA-9"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      if (!principalsOf(statement).some(({ value }) => value === "rolesanywhere.amazonaws.com")) continue;
      if (isNarrowedBy(statement, /^aws:PrincipalTag\/x509(?:SAN\/(?:URI|DNS)|Subject\/CN)$/i, /[*?]|^$/)) continue;
      yield { what: "rolesanywhere.amazonaws.com", at: `${at}.Condition`, evidence };
    }
  },
};
