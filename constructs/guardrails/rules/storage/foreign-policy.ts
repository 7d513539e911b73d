import { foreignTo } from "../../accounts";
import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { accountsNamed } from "../../named-accounts";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** Policies of all resources. The own accounts are those of the provider's `allowed_account_ids`; where that is left out, a number of another account cannot be told apart. */
export const foreignPolicy: BlockRule = {
  id: "AMBIT-STORAGE-FOREIGN-POLICY",
  severity: "high",
  what: "the policy of a resource may not allow another account that is not of the organisation",
  why: "the other account, or an attacker in it, reads or writes the data, and its own administrators say who",
  fix: "name a role of the account, or test aws:PrincipalOrgID; acknowledge an account of a partner or of AWS",
  standards: ["owasp-nhi/NHI3", "owasp-nhi/NHI6", "sp800-53/AC-3", "maestro/L2"],
  looksAt: typesWith("resource"),
  *check(block, stack) {
    const told = foreignTo(stack);
    for (const { at, statement, evidence } of grantsOf(block, stack, "resource")) {
      if (isNarrowedBy(statement, /^aws:PrincipalOrg(?:ID|Paths)$/i)) continue;
      for (const account of accountsNamed(statement))
        yield* told(account, { what: `Principal::${account}`, at: `${at}.Principal`, evidence });
    }
  },
};
