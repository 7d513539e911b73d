import { readRules } from "../../../review/rules/read-rules";
import type { ReviewRules, ReviewRulesInput } from "../../../review/rules/rules-schema";

/** Every key once */
export const EXAMPLE: ReviewRulesInput = {
  $schema: "./docs/review-rules.schema.json",
  version: "ambit.review-rules/1",
  approvals: [
    { name: "trust", when: { kinds: ["trust", "identity"] }, approvers: ["@acme/security"], count: 2 },
    { name: "production", when: { principals: ["prod.*"], tiers: ["critical"] }, approvers: ["@acme/platform"] },
  ],
  default: { approvers: ["@acme/platform", "alice@acme.example"], count: 1 },
  acknowledged: [
    {
      finding: "undeclared",
      kind: "action",
      what: "s3:ListBucket on arn:aws:s3:::acme-logs",
      witness: "AWS:arn:aws:iam::111122223333:role/backup: s3:ListBucket on arn:aws:s3:::acme-logs",
      address: "aws_iam_role.backup",
      until: "2026-06-30",
      reason: "the backup reads all buckets",
    },
    {
      finding: "combination",
      principal: "web-reader",
      code: "exfiltration",
      what: "reads untrusted output, and is seen outside",
      parts: ["reads web.fetch", "posts chat.send"],
      until: "2026-06-30",
      reason: "chat.send goes to one channel of ours",
    },
  ],
  guarded: ["fleet/platform.ts"],
  unguarded: [{ files: "images/logo/*", reason: "pictures" }],
};

/** Rules with defaults for the rest */
export function rulesWith(some: Partial<ReviewRulesInput>): ReviewRules {
  const document = { version: "ambit.review-rules/1", default: { approvers: ["@acme/platform"] }, ...some };
  return readRules(Buffer.from(JSON.stringify(document)), "ambit.review.json", new Date("2026-01-01T00:00:00Z"));
}
