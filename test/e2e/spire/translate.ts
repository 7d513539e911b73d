import type { KubeObject } from "./kube-client";

type Value = unknown;
type Fields = Readonly<Record<string, Value>>;

interface Translated {
  readonly apiVersion: string;
  readonly kind: string;
}

const KINDS: Readonly<Record<string, Translated>> = {
  kubernetes_namespace_v1: { apiVersion: "v1", kind: "Namespace" },
  kubernetes_service_account_v1: { apiVersion: "v1", kind: "ServiceAccount" },
  kubernetes_config_map_v1: { apiVersion: "v1", kind: "ConfigMap" },
  kubernetes_config_map_v1_data: { apiVersion: "v1", kind: "ConfigMap" },
  kubernetes_service_v1: { apiVersion: "v1", kind: "Service" },
  kubernetes_cluster_role_v1: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
  kubernetes_cluster_role_binding_v1: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
  kubernetes_role_v1: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role" },
  kubernetes_role_binding_v1: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding" },
  kubernetes_network_policy_v1: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
  kubernetes_stateful_set_v1: { apiVersion: "apps/v1", kind: "StatefulSet" },
  kubernetes_daemon_set_v1: { apiVersion: "apps/v1", kind: "DaemonSet" },
  kubernetes_deployment_v1: { apiVersion: "apps/v1", kind: "Deployment" },
  kubernetes_job_v1: { apiVersion: "batch/v1", kind: "Job" },
  kubernetes_horizontal_pod_autoscaler_v2: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler" },
  kubernetes_pod_disruption_budget_v1: { apiVersion: "policy/v1", kind: "PodDisruptionBudget" },
  kubernetes_validating_webhook_configuration_v1: {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
  },
};

/** What Terraform does with a resource, and the API knows nothing of */
const OF_TERRAFORM = [
  "//",
  "depends_on",
  "field_manager",
  "force",
  "lifecycle",
  "provider",
  "timeouts",
  "wait_for_completion",
  "wait_for_load_balancer",
  "wait_for_rollout",
];

/** Lists of blocks, which the provider names in the singular */
const PLURAL: Readonly<Record<string, string>> = {
  container: "containers",
  init_container: "initContainers",
  metric: "metrics",
  port: "ports",
  rule: "rules",
  subject: "subjects",
  toleration: "tolerations",
  topology_spread_constraint: "topologySpreadConstraints",
  volume: "volumes",
  volume_claim_template: "volumeClaimTemplates",
  volume_mount: "volumeMounts",
  webhook: "webhooks",
};

/** Blocks that the provider takes in a list, and of which there is one */
const ONE = ["label_selector", "pre_stop", "projected", "rolling_update", "tcp_socket", "update_strategy"];

/** Keys below these are the user's own */
const MAPS = ["annotations", "data", "labels", "limits", "match_labels", "node_selector", "requests"];

const INTEGERS = ["fs_group", "replicas", "run_as_group", "run_as_user"];
const INTEGERS_OR_NAMES = ["max_surge", "max_unavailable", "min_available", "port", "target_port"];
const OCTAL = ["default_mode", "mode"];

/** Spelt otherwise than by the rule */
const SPELT: Readonly<Record<string, string>> = { cluster_ip: "clusterIP", host_ipc: "hostIPC", host_pid: "hostPID" };

/**
 * The API object that Terraform's Kubernetes provider would make of a resource.
 *
 * It knows the few rules by which the provider spells things, and no schema: what it gets wrong, a server that refuses
 * unknown fields will refuse.
 */
export function translate(type: string, attributes: Fields): KubeObject {
  const plain = withoutTerraform(attributes);
  if (type === "kubernetes_manifest") return resolved(plain.manifest) as KubeObject;
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`no translation for ${type}`);
  const isService = kind.kind === "Service";
  const { spec, ...rest } = plain;
  const object = { ...kind, ...(fieldsOf(rest) as Fields) };
  if (spec === undefined) return resolved(object) as KubeObject;
  const { selector, ...others } = spec as Fields;
  const translated = {
    ...(fieldsOf(others) as Fields),
    // Of a service it is a map, of everything else a block.
    ...(selector === undefined ? {} : { selector: isService ? selector : fieldsOf(selector) }),
  };
  return resolved({ ...object, spec: kind.kind === "DaemonSet" ? renamed(translated) : translated }) as KubeObject;
}

/** The provider calls it the same in a Deployment and in a DaemonSet. */
function renamed({ strategy, ...rest }: Fields): Fields {
  return strategy === undefined ? rest : { ...rest, updateStrategy: strategy };
}

function withoutTerraform(attributes: Fields): Fields {
  // `wait`, and what the server may change, belong to manifests alone.
  const dropped = attributes.manifest === undefined ? OF_TERRAFORM : [...OF_TERRAFORM, "wait", "computed_fields"];
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => !dropped.includes(key)));
}

function fieldsOf(value: Value): Value {
  if (Array.isArray(value)) return value.map(fieldsOf);
  if (typeof value !== "object" || value === null) return value;
  // No block of a kind is written as an empty list.
  const written = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(written.map(([key, inner]) => field(key, inner)));
}

function field(key: string, value: Value): readonly [string, Value] {
  if (MAPS.includes(key)) return [camel(key), value];
  if (ONE.includes(key) && Array.isArray(value)) {
    if (value.length > 1) throw new Error(`${key} is one block, got ${value.length}`);
    return [camel(key), fieldsOf(value[0])];
  }
  if (typeof value === "string") return [camel(key), scalar(key, value)];
  const plural = PLURAL[key];
  if (plural !== undefined && typeof value === "object")
    return [plural, fieldsOf(Array.isArray(value) ? value : [value])];
  return [camel(key), fieldsOf(value)];
}

function scalar(key: string, value: string): string | number {
  if (INTEGERS.includes(key)) return whole(key, value, 10);
  if (OCTAL.includes(key)) return whole(key, value, 8);
  return INTEGERS_OR_NAMES.includes(key) && /^\d+$/.test(value) ? Number(value) : value;
}

function whole(key: string, value: string, base: 8 | 10): number {
  if (!(base === 8 ? /^[0-7]+$/ : /^-?\d+$/).test(value)) throw new Error(`${key} is a number, got "${value}"`);
  return parseInt(value, base);
}

function camel(key: string): string {
  return SPELT[key] ?? key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** What stands in for values that AWS gives at apply, by the expression that they come from */
const STAND_INS: readonly (readonly [attribute: RegExp, standIn: string])[] = [
  [/^aws_rds_cluster\.\w+\.endpoint$/, "spire-database.stand-in.example"],
  [
    /^aws_rds_cluster\.\w+\.master_user_secret\[0\]\.secret_arn$/,
    "arn:aws:secretsmanager:eu-central-1:111122223333:secret:stand-in",
  ],
  [/^sha256\(data\.aws_kms_public_key\.\w+\.public_key_pem\)$/, "a".repeat(64)],
  [/^data\.aws_kms_public_key\.\w+\.public_key_pem$/, "the public key"],
  [/^jsonencode\(data\.aws_kms_public_key\.\w+\.public_key_pem\)$/, '"the public key, as JSON"'],
];

/** The text as Terraform would evaluate it: references by their stand-ins, escapes undone */
function resolved(value: Value): Value {
  if (typeof value === "string") return evaluated(value);
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [evaluated(key), resolved(inner)]));
}

function evaluated(text: string): string {
  return text.replace(/\$\$\{|%%\{|[$%]\{([^}]*)\}/g, (found, expression: string | undefined) => {
    if (expression === undefined) return found.slice(1);
    const standIn = STAND_INS.find(([attribute]) => found.startsWith("$") && attribute.test(expression));
    if (standIn === undefined) throw new Error(`no stand-in for ${found}`);
    return standIn[1];
  });
}
