import { covers, grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";
import { anyRolesOf } from "../../wide-patterns";

/** A path of roles is named (`role/app/*`); all roles are not. */
export const passRole: BlockRule = {
  id: "AMBIT-IAM-PASS-ROLE",
  severity: "critical",
  what: "a policy that allows iam:PassRole must name the roles that may be passed",
  why: "the policy's owner starts a function or a machine with any role of the account, and acts as it",
  fix: "name the role's ARN, and the service by iam:PassedToService",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      if (!covers(statement, "iam:PassRole")) continue;
      for (const pattern of anyRolesOf(statement)) {
        yield { what: `iam:PassRole::${pattern}`, at: `${at}.Resource`, evidence };
      }
    }
  },
};
