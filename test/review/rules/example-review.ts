import type { Change, Unknown } from "../../../review/change";
import type { Combination, PrincipalReview, Review } from "../../../review/review";
import { AGENT, NOTHING } from "../report/example-review";

export const gain: Change = {
  kind: "action",
  what: "s3:GetObject on arn:aws:s3:::acme-kb/*",
  witness: "s3:GetObject on arn:aws:s3:::acme-kb/x",
  source: { address: "agents/aws_iam_role.triage" },
};

export const unknown: Unknown = {
  what: "the provider agents/aws",
  why: "its settings are new",
  source: { address: "agents/aws" },
};

export const standing: Combination = {
  code: "exfiltration",
  what: "reads untrusted output, and is seen outside",
  parts: [
    { what: "reads web.fetch", source: { address: "registry/tools.web" } },
    { what: "posts chat.send", source: { address: "registry/tools.chat" } },
  ],
  isNew: false,
};

export const undeclared: Change = {
  kind: "trust",
  what: "the policy of arn:aws:s3:::acme-kb names a role of triage, and no declaration makes it do so",
  witness: "arn:aws:iam::111122223333:role/triage: s3:GetObject",
  source: { address: "foundation/aws_s3_bucket_policy.kb" },
};

export function principal(some: Partial<PrincipalReview> = {}): PrincipalReview {
  return { ...AGENT, id: "triage", ...some };
}

export function reviewWith(some: Partial<Review> = {}): Review {
  return { ...NOTHING, ...some };
}
