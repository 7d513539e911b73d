import { covers, grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";
import { anyRolesOf } from "../../wide-patterns";

/** Each role that trusts the account by its root can be assumed by it. */
export const assumeAnyRole: BlockRule = {
  id: "AMBIT-IAM-ASSUME-ANY-ROLE",
  severity: "critical",
  what: "a policy that allows sts:AssumeRole must name the roles that may be assumed",
  why: "each role that trusts the account is open to it, administrators' roles included",
  fix: "name the role's ARN",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6", "owasp-asi/ASI08"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      if (!covers(statement, "sts:AssumeRole")) continue;
      for (const pattern of anyRolesOf(statement)) {
        yield { what: `sts:AssumeRole::${pattern}`, at: `${at}.Resource`, evidence };
      }
    }
  },
};
