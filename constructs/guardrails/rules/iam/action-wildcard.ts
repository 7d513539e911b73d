import { valuesOf } from "../../../../iam";
import { readablePoliciesOf, typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** `*`, `s3:*` and `s3:Get*` are refused; in a Deny they are welcome. */
export const actionWildcard: BlockRule = {
  id: "AMBIT-IAM-ACTION-WILDCARD",
  severity: "high",
  what: "an identity policy must name each action that it allows",
  why: "a wildcard also allows actions that AWS adds later, which no review has seen",
  fix: "list the actions that are used, such as s3:GetObject",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI02", "sp800-53/AC-6"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { kind, at, statements } of readablePoliciesOf(block, stack)) {
      if (kind !== "identity") continue;
      for (const [index, statement] of statements.entries()) {
        if (statement.Effect !== "Allow") continue;
        for (const action of valuesOf(statement.Action).filter((each) => /[*?]/.test(each))) {
          yield { what: `Action::${action}`, at: `${at}.Statement[${index}].Action`, evidence: action };
        }
      }
    }
  },
};
