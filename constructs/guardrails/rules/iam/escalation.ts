import { coversAllOf } from "../../action-patterns";
import { isNarrowedBy } from "../../conditions";
import { covers, grantsOf, isOfService } from "../../grants";
import { typesWith } from "../../policies";
import { ESCALATING } from "../../private/escalating-actions";
import type { BlockRule } from "../../rule";

/** Attaching is accepted where the condition names the policies (`iam:PolicyARN`), or a boundary for the one who gets them. All actions of IAM are one finding. */
export const escalation: BlockRule = {
  id: "AMBIT-IAM-ESCALATION",
  severity: "critical",
  what: "no policy may allow actions by which its owner gets more rights",
  why: "the owner writes itself a policy, a key or a trust, and then has all rights of the account",
  fix: "leave the action out; or attach only what iam:PolicyARN names, or with iam:PermissionsBoundary",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      if (!isOfService(statement, "iam")) continue;
      if (coversAllOf(statement, "iam")) {
        yield { what: "iam:*", at: `${at}.Action`, evidence };
        continue;
      }
      for (const [action, key] of Object.entries(ESCALATING)) {
        if (!covers(statement, action) || (key !== undefined && isNarrowedBy(statement, key))) continue;
        yield { what: action, at: `${at}.Action`, evidence };
      }
    }
  },
};
