import type { Rule } from "./rule";
import { AGENTCORE_RULES } from "./rules/agentcore";
import { AGENT_RULES } from "./rules/agents";
import { CREDENTIAL_RULES } from "./rules/credentials";
import { IAM_RULES } from "./rules/iam";
import { IDENTITY_RULES } from "./rules/identity";
import { IMAGE_RULES } from "./rules/images";
import { KUBERNETES_RULES } from "./rules/kubernetes";
import { LOGS_RULES } from "./rules/logs";
import { NETWORK_RULES } from "./rules/network";
import { POD_NETWORK_RULES } from "./rules/pod-network";
import { RBAC_RULES } from "./rules/rbac";
import { STATE_RULES } from "./rules/state";
import { STORAGE_RULES } from "./rules/storage";
import { TRUST_RULES } from "./rules/trust";

/** What the platform refuses, by subject */
export const RULES: readonly Rule[] = [
  ...AGENT_RULES,
  ...CREDENTIAL_RULES,
  ...IAM_RULES,
  ...TRUST_RULES,
  ...IDENTITY_RULES,
  ...STORAGE_RULES,
  ...NETWORK_RULES,
  ...LOGS_RULES,
  ...AGENTCORE_RULES,
  ...STATE_RULES,
  ...IMAGE_RULES,
  ...KUBERNETES_RULES,
  ...POD_NETWORK_RULES,
  ...RBAC_RULES,
];
