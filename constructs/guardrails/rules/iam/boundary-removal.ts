import { coversAllOf } from "../../action-patterns";
import { isNarrowedBy } from "../../conditions";
import { covers, grantsOf, isOfService } from "../../grants";
import { typesWith } from "../../policies";
import { UNBOUNDING } from "../../private/escalating-actions";
import type { BlockRule } from "../../rule";

/** Making a role or a user is accepted where the condition names the boundary that it must have. All actions of IAM are a finding of `AMBIT-IAM-ESCALATION`. */
export const boundaryRemoval: BlockRule = {
  id: "AMBIT-IAM-BOUNDARY-REMOVAL",
  severity: "critical",
  what: "no policy may allow taking a permissions boundary off, or making roles and users without one",
  why: "a boundary that its subject can leave bounds nothing",
  fix: "leave the action out, or name the boundary in a condition on iam:PermissionsBoundary",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      if (!isOfService(statement, "iam") || coversAllOf(statement, "iam")) continue;
      for (const [action, key] of Object.entries(UNBOUNDING)) {
        if (!covers(statement, action) || (key !== undefined && isNarrowedBy(statement, key))) continue;
        yield { what: action, at: `${at}.Action`, evidence };
      }
    }
  },
};
