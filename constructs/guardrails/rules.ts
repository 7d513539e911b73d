import type { Rule } from "./rule";
import { AGENTCORE_RULES } from "./rules/agentcore";
import { AGENT_RULES } from "./rules/agents";
import { CREDENTIAL_RULES } from "./rules/credentials";
import { ENVOY_RULES } from "./rules/envoy";
import { IAM_RULES } from "./rules/iam";
import { IDENTITY_RULES } from "./rules/identity";
import { IMAGE_RULES } from "./rules/images";
import { KUBERNETES_RULES } from "./rules/kubernetes";
import { LOGS_RULES } from "./rules/logs";
import { MCP_RULES } from "./rules/mcp";
import { NETWORK_RULES } from "./rules/network";
import { OPA_RULES } from "./rules/opa";
import { POD_NETWORK_RULES } from "./rules/pod-network";
import { PROVIDER_RULES } from "./rules/providers";
import { RBAC_RULES } from "./rules/rbac";
import { SPIRE_RULES } from "./rules/spire";
import { STATE_RULES } from "./rules/state";
import { STORAGE_RULES } from "./rules/storage";
import { TRUST_RULES } from "./rules/trust";

const ALL: readonly Rule[] = [
  ...AGENTCORE_RULES,
  ...AGENT_RULES,
  ...CREDENTIAL_RULES,
  ...ENVOY_RULES,
  ...IAM_RULES,
  ...IDENTITY_RULES,
  ...IMAGE_RULES,
  ...KUBERNETES_RULES,
  ...LOGS_RULES,
  ...MCP_RULES,
  ...NETWORK_RULES,
  ...OPA_RULES,
  ...POD_NETWORK_RULES,
  ...PROVIDER_RULES,
  ...RBAC_RULES,
  ...SPIRE_RULES,
  ...STATE_RULES,
  ...STORAGE_RULES,
  ...TRUST_RULES,
];

/** What the platform refuses, by subject. Frozen: a program that is judged cannot take one out, or have it find nothing. */
export const RULES: readonly Rule[] = Object.freeze(ALL.map((rule) => Object.freeze(rule)));
