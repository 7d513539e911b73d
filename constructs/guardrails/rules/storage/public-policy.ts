import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import { isAnyone, principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** Policies of buckets, queues, topics, keys, secrets, tables, repositories and buses. A condition on the account, the organisation, the ARN or the network names some. */
export const publicPolicy: BlockRule = {
  id: "AMBIT-STORAGE-PUBLIC-POLICY",
  severity: "critical",
  what: "the policy of a resource may not allow everyone",
  why: "every account of AWS, and for a bucket everyone on the internet, reads or writes it",
  fix: "name the principals, or test aws:PrincipalArn, aws:PrincipalOrgID or aws:SourceArn",
  standards: ["owasp-nhi/NHI6", "maestro/L2", "owasp-nhi/NHI5", "sp800-53/AC-3"],
  looksAt: typesWith("resource"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "resource")) {
      if (!principalsOf(statement).some(isAnyone) || isNarrowedBy(statement, NAMING)) continue;
      yield { what: "Principal::*", at: `${at}.Principal`, evidence };
    }
  },
};

const NAMING =
  /^(?:aws:(?:Principal(?:Arn|Account|OrgID|OrgPaths)|Source(?:Arn|Account|OrgID|OrgPaths|Owner|Vpc|Vpce)|userid)|kms:CallerAccount|s3:DataAccessPointAccount)$/i;
