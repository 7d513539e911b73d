import { isBroad, MANAGED_POLICY_TYPES, managedPoliciesOf } from "../../managed-policies";
import type { BlockRule } from "../../rule";
import { UndecidedValue } from "../../value";

/** Policies of AWS that allow all actions of all services, or of one. Policies of the stack are judged where they stand. */
export const broadManagedPolicy: BlockRule = {
  id: "AMBIT-IAM-MANAGED-POLICY",
  severity: "critical",
  what: "no role, user, group or permission set may have a policy of AWS that allows all that a service can do",
  why: "it reaches each resource of the account, and AWS adds actions to it without a review",
  fix: "write a policy with the actions and resources that are used",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6", "owasp-asi/ASI02"],
  looksAt: MANAGED_POLICY_TYPES,
  *check(block, stack) {
    for (const { at, name, written } of managedPoliciesOf(block, stack)) {
      if (name === undefined) yield new UndecidedValue(at, written, `${at} is known at apply only`);
      else if (isBroad(name)) yield { what: name, at, evidence: name };
    }
  },
};
