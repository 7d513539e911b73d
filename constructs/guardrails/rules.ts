import type { Rule } from "./rule";
import { CREDENTIAL_RULES } from "./rules/credentials";
import { IAM_RULES } from "./rules/iam";
import { KUBERNETES_RULES } from "./rules/kubernetes";

/** What the platform refuses, by subject */
export const RULES: readonly Rule[] = [...CREDENTIAL_RULES, ...IAM_RULES, ...KUBERNETES_RULES];
