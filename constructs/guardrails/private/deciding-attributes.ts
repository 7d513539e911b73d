import type { Block } from "../block";
import { kindOf } from "../kubernetes-object";
import { type BlockBody, isObject } from "../value";
import { isMark } from "./protected-marks";

/** Attributes of AWS and of Kubernetes by which other rules tell who may do what, who reaches it, what runs, and who can read it */
const NAMES = new Set([
  ...["all", "acl", "authorization", "authorization_type", "authorizer_id", "authorizer_type"],
  ...["automount_service_account_token", "cidr_blocks", "cidr_ipv4", "cidr_ipv6", "container_definitions"],
  ...["egress", "enable_key_rotation", "enable_log_file_validation", "enable_logging", "environment", "grant"],
  ...["ingress", "ipv6_cidr_blocks", "is_multi_region_trail", "kubernetes_groups", "managed_policy_arns", "manifest"],
  ...["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"],
  ...["permissions_boundary", "policy_arns", "prefix_list_ids", "principal", "principals", "publicly_accessible"],
  ...["referenced_security_group_id", "role_ref", "rule", "source_security_group_id", "storage_encrypted"],
  ...["subject", "user_data", "validations"],
]);
const ENDING = /(?:^|_)(?:encrypted|encryption\w*|polic(?:y|ies)|role|role_arn|kms_key\w*)$/;

/** Policies about how long something is kept, when it starts or ends, and what becomes of a message that no one handles */
const OF_OPERATION =
  /^(?:\w+_)?(?:backup|deletion|lifecycle|maintenance|placement|redrive|restart|retry|rollback|scaling|termination|update)_polic(?:y|ies)$/;

/** What a chart is installed from, and with */
const OF_CHART = new Set(["chart", "repository", "set", "set_list", "set_sensitive", "set_wo", "values"]);

/** Of a spec, whole or in parts: what pods run, under which account, where they connect to, what is published and admitted */
const OF_SPEC = new Set([
  undefined,
  ...["automount_service_account_token", "container", "egress", "external_ips", "external_name", "failure_policy"],
  ...[
    "host_ipc",
    "host_network",
    "host_pid",
    "ingress",
    "init_container",
    "job_template",
    "load_balancer_source_ranges",
  ],
  ...["match_conditions", "match_constraints", "match_resources", "param_ref", "pod_selector", "policy_name"],
  ...["policy_types", "runtime_class_name", "security_context", "service_account_name", "spec", "template", "type"],
  ...["validation", "validation_actions", "validations", "volume"],
]);

/** Who reaches the endpoint of a cluster, and what the cluster reaches */
const OF_NETWORK = /^(?:endpoint_|public_access_|security_group)/;

/**
 * Whether other rules judge an attribute to tell who may do what, who reaches it, what runs, or who can read it.
 *
 * @param path as Terraform writes it, such as `spec[0].template` or `spec.0.template`
 */
export function decides({ type, body }: Pick<Block, "type" | "body">, path: string): boolean {
  const [root = "", ...parts] = partsOf(path);
  const [part] = parts;
  if (type === "helm_release") return root === "all" || OF_CHART.has(root);
  if (root === "spec") return OF_SPEC.has(part) && !isOfOperator(parts);
  if (root === "metadata") return isOfMetadata(kindOf(type), parts);
  if (root === "vpc_config") return part === undefined || OF_NETWORK.test(part);
  // A controller writes the certificate of its own webhook.
  if (root === "webhook") return parts.at(-1) !== "ca_bundle";
  if (root === "data") return kindOf(type) === "ConfigMap" && isWritten(body["data"]);
  if (/_lifecycle_/.test(type) && (root === "policy" || root === "rule")) return false;
  return NAMES.has(root) || (ENDING.test(root) && !OF_OPERATION.test(root));
}

/** Names and keys of a path, without numbers of instances */
function partsOf(path: string): readonly string[] {
  return Array.from(path.matchAll(/\["([^"]*)"\]|([A-Za-z_][\w-]*)/g), ([, key, name]) => key ?? name ?? "");
}

/** What `kubectl rollout restart` and autoscalers of nodes write into the template of a workload */
function isOfOperator(parts: readonly string[]): boolean {
  const at = parts.lastIndexOf("template") + 1;
  const [section, name, key] = parts.slice(at);
  if (at === 0) return false;
  if (section === "spec") return name === "toleration";
  return section === "metadata" && name === "annotations" && key !== undefined && !isMark(key);
}

/** Labels of a namespace say what its pods may do, and one annotation which role an account has. */
function isOfMetadata(kind: string, [name, key]: readonly string[]): boolean {
  if (key !== undefined) return isMark(key);
  return kind === "Namespace" && (name === undefined || name === "labels");
}

function isWritten(value: unknown): boolean {
  return isObject(value) ? Object.keys(value satisfies BlockBody).length > 0 : (value ?? null) !== null;
}
