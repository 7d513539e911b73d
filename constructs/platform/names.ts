import { createHash } from "node:crypto";
import { ROLE_NAME } from "../../iam";

/** IAM path of every agent role: the exchange may assume the roles below it. */
export const AGENT_ROLE_PATH = "/ambit/agents/";
/** Tag of a stack's resources in AWS: name of the platform */
export const PLATFORM_TAG = "ambit:platform";
/** IAM path of Ambit's own roles and policies */
export const PLATFORM_PATH = "/ambit/platform/";

/** Audience of a token that is meant for STS */
export const STS_AUDIENCE = "sts.amazonaws.com";

/** Kubernetes namespace of exchange and gateway */
export const CONTROL_NAMESPACE = "ambit-system";

/** Kubernetes namespaces of SPIRE: what decides runs restricted, what needs the node runs apart. */
export const SPIRE_NAMESPACE = { server: "spire-server", system: "spire-system" } as const;

/** Kubernetes service accounts of SPIRE; agent and CSI driver live in the system namespace, the others beside the server */
export const SPIRE_ACCOUNT = {
  server: "spire-server",
  agent: "spire-agent",
  csi: "spiffe-csi-driver",
  oidc: "spire-oidc-discovery-provider",
  database: "spire-database-setup",
} as const;

/** Kubernetes service accounts of the control namespace */
export const CONTROL_ACCOUNT = {
  exchange: "ambit-exchange",
  /** Gateway and authorizer: the only one that asks a policy engine */
  gateway: "ambit-gateway",
  opa: "ambit-opa",
  collector: "ambit-collector",
} as const;

/** Object of the policy bucket that OPA fetches; `ambit bundle sign` writes it, Terraform never does. */
export const POLICY_OBJECT = "policy/bundle.tar.gz";

/** What the names of the audit log's objects begin with, in the audit bucket; the exchange writes them, Terraform never does. */
export const AUDIT_LOG_PREFIX = "log/";

/** Name of a platform's audit log, and of the key that signs it (C2SP tlog-checkpoint) */
export function auditLogOrigin(trustDomain: string): string {
  return `${trustDomain}/audit`;
}

/** ConfigMap in every agent namespace: which service account is which agent. Each agent owns its own keys. */
export const AGENT_RECORD = "ambit-agents";

/** ConfigMap in the control namespace: names of killed agents. The kill switch owns its data. */
export const KILL_LIST = "ambit-killed-agents";

/** Kubernetes group of the kill switch's role, by the cluster's access entry */
export const KILL_SWITCH_GROUP = "ambit:kill-switch";

/** `.internal` is reserved for private use, so these keys collide with no others. */
export const LABELS = {
  /** Name of the agent a pod or service account belongs to */
  agent: "ambit.internal/agent",
  /** `"true"` on everything that carries an agent's identity */
  managed: "ambit.internal/managed",
  /** `active` or `suspended`: suspended agents get no identity */
  state: "ambit.internal/state",
  /** `agent-container` where the agent's own container gets SVIDs too, besides the companion */
  svid: "ambit.internal/svid",
  /** Name of a component of the platform that gets an SVID */
  component: "ambit.internal/component",
  /** What a namespace is for: `agents` or `platform` */
  namespace: "ambit.internal/namespace",
} as const;

const HASH_CHARACTERS = 8;

/**
 * A name joined from parts by dots, which no part contains, so that different parts never give the same name.
 *
 * Too long a name keeps its beginning and gets a hash of the whole.
 */
export function joined(parts: readonly string[], longest: number): string {
  const name = parts.join(".");
  if (name.length <= longest) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_CHARACTERS);
  return `${name.slice(0, longest - HASH_CHARACTERS - 1)}-${hash}`;
}

/** Name of an IAM role, unique in the account without regard to case or path. */
export function roleName(...parts: readonly string[]): string {
  return joined(parts, ROLE_NAME.maxLength);
}

/** Tag `Name` of the endpoint of DynamoDB, by which other stacks find it */
export function dynamodbEndpointName(platform: string): string {
  return `ambit-${platform}-dynamodb`;
}
