import { RULES_VERSION } from "./rules-file";
import type { ReviewRules } from "./rules-schema";

/** Without a file of rules: any reviewer may approve everything. */
export const NO_RULES: ReviewRules = {
  version: RULES_VERSION,
  approvals: [],
  default: { approvers: [], count: 1 },
  acknowledged: [],
  guarded: [],
  unguarded: [],
};
