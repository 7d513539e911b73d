import type { Json } from "../../../../domain";
import { readablePoliciesOf } from "../../policies";
import { escapesOf } from "../../private/boundary-escapes";
import { isUsedAsBoundary } from "../../private/named-boundaries";
import type { BlockRule } from "../../rule";

/** Told once, at the boundary, and not at those that it bounds. What the policy of another stack allows is not known. */
export const boundaryEscape: BlockRule = {
  id: "AMBIT-IAM-BOUNDARY-ESCAPE",
  severity: "critical",
  what: "a permissions boundary must allow no action by which its subject leaves it",
  why: "the subject gives itself rights that the boundary does not limit, or acts as another identity that has no boundary",
  fix: "deny the actions on all resources in the boundary, or allow them on named resources alone; and name it …-boundary, as a policy of another name is judged as one that gives what it allows",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "owasp-asi/ASI10", "sp800-53/AC-6"],
  looksAt: ["aws_iam_policy"],
  *check(block, stack) {
    if (!isUsedAsBoundary(block, stack)) return;
    const statements = readablePoliciesOf(block, stack).flatMap((each) => each.statements);
    const escapes = escapesOf(statements);
    if (escapes.length > 0) yield { what: "policy", at: "policy", evidence: [escapes, statements as unknown as Json] };
  },
};
