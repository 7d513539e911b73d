import { typesWith, unreadablePartsOf } from "../../policies";
import type { BlockRule } from "../../rule";

/** Policies of all kinds. What other rules cannot judge of a policy is found by this one alone; the rest of the policy is judged. */
export const unreadablePolicy: BlockRule = {
  id: "AMBIT-IAM-POLICY-UNREADABLE",
  severity: "high",
  what: "a policy must be readable when it is synthesized",
  why: "what it allows is known at apply only, so that neither a rule nor a review has seen it",
  fix: "write it as JSON, or as a data source aws_iam_policy_document in the same stack",
  standards: ["owasp-nhi/NHI5", "sp800-53/AC-6"],
  looksAt: typesWith("identity", "trust", "resource", "endpoint"),
  check(block, stack) {
    return unreadablePartsOf(block, stack);
  },
};
