/** In the working folder of the review: the checkout of base */
export const RULES_FILE = "ambit.review.json";

export const RULES_VERSION = "ambit.review-rules/1";

export const TIERS = ["low", "medium", "high", "critical"] as const;
