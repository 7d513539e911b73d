import { foreignTo } from "../../accounts";
import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { accountsNamed } from "../../named-accounts";
import type { BlockRule } from "../../rule";

/** An account is named as principal, or by a condition where the principal is everyone. The own account is the one of the provider's `allowed_account_ids`; where that is left out, a number of another account cannot be told apart. */
export const externalId: BlockRule = {
  id: "AMBIT-TRUST-EXTERNAL-ID",
  severity: "high",
  what: "a role that another account becomes must ask for an external id",
  why: "the other account is talked into using its access for a third party: it is a confused deputy",
  fix: "test sts:ExternalId by StringEquals, or aws:PrincipalOrgID where the account is of the organisation",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI4", "sp800-53/AC-3"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      if (isNarrowedBy(statement, EXTERNAL_ID, WILDCARD) || isNarrowedBy(statement, ORGANISATION)) continue;
      for (const account of accountsNamed(statement))
        yield* foreignTo(stack)(account, { what: `Principal::${account}`, at: `${at}.Condition`, evidence });
    }
  },
};

const EXTERNAL_ID = /^sts:ExternalId$/i;
const ORGANISATION = /^aws:PrincipalOrg(?:ID|Paths)$/i;

/** A pattern is guessed: of an external id, each letter must be known. */
const WILDCARD = /[*?]/;
