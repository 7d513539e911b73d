/** In the folder in which the review runs: the checkout of the base */
export const RULES_FILE = "ambit.review.json";

export const RULES_VERSION = "ambit.review-rules/1";

export const TIERS = ["low", "medium", "high", "critical"] as const;
