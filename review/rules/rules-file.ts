import type { ReviewRules } from "./rules-schema";

/** In the folder in which the review runs: the checkout of the base */
export const RULES_FILE = "ambit.review.json";

export const RULES_VERSION = "ambit.review-rules/1";

export const TIERS = ["low", "medium", "high", "critical"] as const;

/** Without a file of rules: whoever reviews may approve everything. */
export const NO_RULES: ReviewRules = {
  version: RULES_VERSION,
  approvals: [],
  default: { approvers: [], count: 1 },
  acknowledged: [],
  guarded: [],
  unguarded: [],
};
