import type { Json } from "../../../../domain";
import { POLICY_ATTRIBUTES } from "../../private/policy-attributes";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { isObject } from "../../value";

/** Attributes that are named as policies and hold one, also in blocks, of types that no rule knows: those of later versions of the provider. Policies that protect data are no grants. */
export const unjudgedPolicy: BlockRule = {
  id: "AMBIT-IAM-POLICY-UNJUDGED",
  severity: "high",
  what: "a policy must stand in an attribute whose policies are judged",
  why: "what it allows is seen by no rule, as the guardrails do not know this type of resource",
  fix: "use a type of resource whose policies the guardrails read, or acknowledge the policy as it was read",
  standards: ["owasp-nhi/NHI5", "sp800-53/AC-6"],
  looksAt: [/^aws_/],
  *check({ type, body }, stack) {
    if (DATA_PROTECTION.has(type)) return;
    const known = POLICY_ATTRIBUTES[type] ?? {};
    for (const [path, text] of textsIn(body as Json)) {
      if (Object.hasOwn(known, path)) continue;
      if (!/polic|permission/.test(path) && !/_(?:policy|permissions?)$/.test(type)) continue;
      if (isPolicy(text, stack)) yield { what: path, at: path, evidence: text };
    }
  },
};

/** Their statements say what of the data is hidden */
const DATA_PROTECTION = new Set([
  "aws_cloudwatch_log_account_policy",
  "aws_cloudwatch_log_data_protection_policy",
  "aws_sns_topic_data_protection_policy",
]);

type NamedText = readonly [path: string, text: string];

/** The texts of a block that may be a policy, by the names of their attributes */
function textsIn(json: Json, path = "", found: NamedText[] = []): readonly NamedText[] {
  if (typeof json === "string") {
    if (json.startsWith("${") || json.includes("Statement")) found.push([path, json]);
  } else if (Array.isArray(json)) for (const each of json as readonly Json[]) textsIn(each, path, found);
  else if (isObject(json))
    for (const [name, each] of Object.entries(json))
      if (typeof each !== "number") textsIn(each ?? null, path === "" ? name : `${path}.${name}`, found);
  return found;
}

function isPolicy(text: string, stack: StackJson): boolean {
  return /"Statement"\s*:/.test(text) || stack.referred(text)?.block.type === "aws_iam_policy_document";
}
