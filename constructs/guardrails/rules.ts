import type { Rule } from "./rule";
import { AGENT_RULES } from "./rules/agents";
import { CREDENTIAL_RULES } from "./rules/credentials";
import { IAM_RULES } from "./rules/iam";
import { IMAGE_RULES } from "./rules/images";
import { KUBERNETES_RULES } from "./rules/kubernetes";

/** What the platform refuses, by subject */
export const RULES: readonly Rule[] = [
  ...AGENT_RULES,
  ...CREDENTIAL_RULES,
  ...IAM_RULES,
  ...IMAGE_RULES,
  ...KUBERNETES_RULES,
];
