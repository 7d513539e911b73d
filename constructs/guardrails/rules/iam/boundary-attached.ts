import { attachedNamesOf, CUSTOMER_POLICY_TYPE, MANAGED_POLICY_TYPES } from "../../managed-policies";
import { isBoundaryName } from "../../private/named-boundaries";
import type { BlockRule } from "../../rule";

/** A boundary, by its name: other stacks than the one that makes it cannot read what it allows. A policy of the stack that is attached is judged as any other. */
export const boundaryAttached: BlockRule = {
  id: "AMBIT-IAM-BOUNDARY-ATTACHED",
  severity: "critical",
  what: "a permissions boundary must not be attached as a policy",
  why: "a boundary allows more than any of its subjects needs, because it only limits what other policies give; attached, it gives all of that",
  fix: "set the boundary as permissions_boundary, and attach a policy with the actions and resources that are used",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6"],
  looksAt: [...MANAGED_POLICY_TYPES, CUSTOMER_POLICY_TYPE],
  *check(block, stack) {
    for (const { at, name } of attachedNamesOf(block, stack))
      if (isBoundaryName(name)) yield { what: name, at, evidence: name };
  },
};
