import type { Json } from "../../../../domain";
import { attachedNamesOf, CUSTOMER_POLICY_TYPE, lookedUp, MANAGED_POLICY_TYPES } from "../../managed-policies";
import { readablePoliciesOf, unreadablePartsOf } from "../../policies";
import { isBoundaryName, policiesMeant } from "../../private/named-boundaries";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";

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
    for (const { at, name, written } of attachedNamesOf(block, stack))
      if (isBoundaryName(name) && !isDenying(written, stack)) yield { what: name, at, evidence: name };
  },
};

/** A policy of the stack that only denies, such as `require-permissions-boundary`, gives nothing. */
function isDenying(written: Json, stack: StackJson): boolean {
  const policies = lookedUp(written, stack).flatMap((each) => policiesMeant(each, stack));
  return (
    policies.length > 0 &&
    policies.every(
      (each) =>
        unreadablePartsOf(each, stack).length === 0 &&
        readablePoliciesOf(each, stack).some(({ statements }) => statements.length > 0) &&
        readablePoliciesOf(each, stack).every(({ statements }) => statements.every(({ Effect }) => Effect === "Deny")),
    )
  );
}
