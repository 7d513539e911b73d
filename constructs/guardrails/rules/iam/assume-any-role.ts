import { type Statement, valuesOf } from "../../../../iam";
import { isNarrowedBy } from "../../conditions";
import { covers, grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";
import { anyRolesOf, isWide } from "../../wide-patterns";

/** Each role that trusts the account by its root can be assumed by it, and each role of another account that trusts it so. */
export const assumeAnyRole: BlockRule = {
  id: "AMBIT-IAM-ASSUME-ANY-ROLE",
  severity: "critical",
  what: "a policy that allows sts:AssumeRole must name the roles that may be assumed, and their accounts",
  why: "each role that trusts the account is open to it, administrators' roles and those of other accounts included",
  fix: "name the role's ARN with its account, or the accounts by aws:ResourceAccount or aws:ResourceOrgID",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6", "owasp-asi/ASI08"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      if (!covers(statement, "sts:AssumeRole")) continue;
      for (const pattern of [...anyRolesOf(statement), ...inAnyAccount(statement)]) {
        yield { what: `sts:AssumeRole::${pattern}`, at: `${at}.Resource`, evidence };
      }
    }
  },
};

/** Names of roles whose account is a wildcard */
function inAnyAccount(statement: Statement): readonly string[] {
  if (isNarrowedBy(statement, /^aws:Resource(?:Account|OrgID|OrgPaths)$/i)) return [];
  return valuesOf(statement.Resource).filter((each) => ANY_ACCOUNT.test(each) && !isWide(each));
}

const ANY_ACCOUNT = /^arn:[^:]*:iam::[^:]*[*?][^:]*:/;
