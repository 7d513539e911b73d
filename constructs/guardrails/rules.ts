import type { Rule } from "./rule";
import { AGENT_RULES } from "./rules/agents";
import { CREDENTIAL_RULES } from "./rules/credentials";
import { IAM_RULES } from "./rules/iam";
import { IDENTITY_RULES } from "./rules/identity";
import { IMAGE_RULES } from "./rules/images";
import { KUBERNETES_RULES } from "./rules/kubernetes";
import { NETWORK_RULES } from "./rules/network";
import { POD_NETWORK_RULES } from "./rules/pod-network";
import { RBAC_RULES } from "./rules/rbac";
import { TRUST_RULES } from "./rules/trust";

/** What the platform refuses, by subject */
export const RULES: readonly Rule[] = [
  ...AGENT_RULES,
  ...CREDENTIAL_RULES,
  ...IAM_RULES,
  ...IDENTITY_RULES,
  ...IMAGE_RULES,
  ...KUBERNETES_RULES,
  ...NETWORK_RULES,
  ...POD_NETWORK_RULES,
  ...RBAC_RULES,
  ...TRUST_RULES,
];
