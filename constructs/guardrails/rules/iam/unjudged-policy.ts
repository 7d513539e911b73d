import { POLICY_ATTRIBUTES } from "../../private/policy-attributes";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";

/** Attributes that are named as policies and hold one, of types that no rule knows: those of later versions of the provider. Policies that protect data or route are no grants. */
export const unjudgedPolicy: BlockRule = {
  id: "AMBIT-IAM-POLICY-UNJUDGED",
  severity: "high",
  what: "a policy must stand in an attribute whose policies are judged",
  why: "what it allows is seen by no rule, as the guardrails do not know this type of resource",
  fix: "use a type of resource whose policies the guardrails read, or acknowledge the policy as it was read",
  standards: ["owasp-nhi/NHI5", "sp800-53/AC-6"],
  looksAt: [/^aws_/],
  *check({ type, body }, stack) {
    const known = POLICY_ATTRIBUTES[type];
    for (const [attribute, value] of Object.entries(body)) {
      if (known !== undefined && Object.hasOwn(known, attribute)) continue;
      if (!/polic|permission/.test(attribute) && !/_(?:policy|permissions?)$/.test(type)) continue;
      if (DATA_PROTECTION.has(type) || !isPolicy(value, stack)) continue;
      yield { what: attribute, at: attribute, evidence: value ?? null };
    }
  },
};

/** Their statements say what of the data is hidden */
const DATA_PROTECTION = new Set([
  "aws_cloudwatch_log_account_policy",
  "aws_cloudwatch_log_data_protection_policy",
  "aws_sns_topic_data_protection_policy",
]);

function isPolicy(value: unknown, stack: StackJson): boolean {
  if (typeof value !== "string") return false;
  return /"Statement"\s*:/.test(value) || stack.referred(value)?.block.type === "aws_iam_policy_document";
}
