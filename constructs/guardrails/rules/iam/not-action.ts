import { valuesOf } from "../../../../iam";
import { grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** In a Deny, `NotAction` is welcome: it forbids all but a few. */
export const notAction: BlockRule = {
  id: "AMBIT-IAM-NOT-ACTION",
  severity: "critical",
  what: "an Allow must name what it allows, and not what it leaves out",
  why: "NotAction allows all other actions of AWS, those of services that do not exist yet included",
  fix: "list the actions that are used in Action",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6", "owasp-asi/ASI02"],
  looksAt: typesWith("identity", "resource"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity", "resource")) {
      if (statement.NotAction === undefined) continue;
      yield { what: `NotAction::${valuesOf(statement.NotAction).join(",")}`, at: `${at}.NotAction`, evidence };
    }
  },
};
