import type { Changes, ChangesByPrincipal } from "../change";
import { isOfCluster } from "../reach/kubernetes/objects/object";
import type { Estate, Resource } from "../read/resource";

/** Types that are compared by the access that they give */
const EVALUATED = new Set([
  "aws_dynamodb_resource_policy",
  "aws_eks_pod_identity_association",
  "aws_iam_policy",
  "aws_iam_role",
  "aws_iam_role_policy",
  "aws_iam_role_policy_attachment",
  "aws_kms_key",
  "aws_kms_key_policy",
  "aws_lambda_permission",
  "aws_rolesanywhere_profile",
  "aws_rolesanywhere_trust_anchor",
  "aws_s3_bucket_policy",
  "aws_secretsmanager_secret",
  "aws_secretsmanager_secret_policy",
  "aws_sns_topic",
  "aws_sns_topic_policy",
  "aws_sqs_queue",
  "aws_sqs_queue_policy",
]);

/** Types that admit callers, limit access, act as a role, or create any of these */
const ACCESS = [
  /^aws_(?:iam|organizations|ssoadmin|identitystore|rolesanywhere|lakeformation|ram|cognito|verifiedpermissions)_/,
  /^aws_(?:security_group|vpc_security_group|vpc_endpoint|network_acl|kms_alias|kms_grant|kms_external_key|kms_replica)/,
  /^aws_eks_|^aws_s3_(?:access_point|bucket|bucket_\w*(?:acl|ownership\w*|block|lock\w*|versioning))$|^aws_s3control_/,
  /_permissions?$|_grant$|_share$|_acl$|_url$/,
  /^aws_(?:lambda_function|ecs_task_definition|ecs_service|instance|launch_template|launch_configuration)$/,
  /^aws_(?:codebuild_project|sfn_state_machine|ssm_document|rds_cluster_instance|db_instance|opensearch_domain)$/,
  /^aws_(?:cloudformation|cloudcontrolapi)_|^awscc_|^argocd_|^helm_|^terraform_data$|^null_resource$|^local_/,
];
const POLICY = /policy|policies/;
/** They invoke functions, and run commands on instances and SQL. */
const RUNS = /^aws_(?:lambda_invocation|redshiftdata_statement|ssm_association|ssm_maintenance_window_task)$/;
/** Providers whose types the others are compared by, and those that make up a value and nothing else */
const KNOWN = /^(?:aws|kubernetes|random|time|tls)_/;
/** Data sources that ask AWS or a cluster, and those that compute a value */
const READS = /^(?:aws|kubernetes|random|time)_|^tls_public_key$|^cloudinit_config$|^template_file$/;
/** Another state: who writes it decides what is deployed. Those of the folder are read. */
const STATE = "terraform_remote_state";
const ASKS = "what it runs, reads or asks at each plan is not known";
/** Arguments that decide existence, provider and provisioners */
const META = ["count", "for_each", "provider", "provisioner"];

/**
 * Resources that decide access but are not evaluated: unknown if their text differs.
 *
 * Equal text at another address is no change.
 */
export function unevaluatedChanges(base: Estate, head: Estate): ChangesByPrincipal {
  const [before, after] = [textsIn(base), textsIn(head)];
  return new Map([
    ...unmatched(before, after)
      .filter(({ address }) => head.at(address) === undefined)
      .filter((resource) => !isEvaluated(resource))
      .map((resource) => noted(resource, "it is gone")),
    ...unmatched(after, before).map((resource) => noted(resource, "it is new, or another")),
  ]);
}

function noted(resource: Resource, how: string): readonly [string, Changes] {
  const { address, type, mode } = resource;
  const meta = metaOf(resource);
  const why = isEvaluated(resource)
    ? `${how}, and ${meta.join(" and ")} may mean more or less than what is compared: read it`
    : `${how}, and ${mode === "data" ? ASKS : "what a resource of this type allows is not compared"}: read it`;
  return [address, { gains: [], losses: [], unknown: [{ what: type, why, source: { address } }] }];
}

function textsIn(estate: Estate): ReadonlyMap<string, readonly Resource[]> {
  const texts = new Map<string, Resource[]>();
  for (const resource of estate.resources.filter(isAccess)) {
    const text = JSON.stringify([resource.type, resource.values]);
    const known = texts.get(text);
    if (known === undefined) texts.set(text, [resource]);
    else known.push(resource);
  }
  return texts;
}

function isAccess(resource: Resource): boolean {
  const { type, mode, values } = resource;
  if (mode === "data") return asks(resource);
  if (values["provisioner"] !== undefined) return true;
  if (EVALUATED.has(type) || isOfCluster({ type })) return metaOf(resource).length > 0;
  if (!KNOWN.test(type) || RUNS.test(type) || ACCESS.some((pattern) => pattern.test(type))) return true;
  return type.startsWith("aws_") && Object.keys(values).some((key) => POLICY.test(key) && values[key] !== null);
}

/** Whether a data source runs a program or a function, reads a file, or asks another service than AWS or a cluster, at each plan */
function asks({ type, readsStack }: Resource): boolean {
  if (type === STATE) return readsStack === undefined;
  return !READS.test(type) || RUNS.test(type);
}

/** Its access is evaluated; its meta-arguments are not */
function isEvaluated({ type }: Resource): boolean {
  return EVALUATED.has(type) || isOfCluster({ type });
}

/** The number of objects in a cluster is compared with the objects. */
function metaOf({ type, values }: Resource): readonly string[] {
  const names = isOfCluster({ type }) ? META.slice(META.indexOf("provider")) : META;
  return names.filter((name) => values[name] !== undefined && values[name] !== null && !isDefault(name, values[name]));
}

/** Default providers: the one named like the type, or the only one of its kind, is compared */
function isDefault(name: string, value: unknown): boolean {
  return (
    (name === "provider" && (value === "aws" || value === "kubernetes")) ||
    (name === "count" && (value === 0 || value === 1))
  );
}

/** Resources of `some` without one of equal text in `others` */
function unmatched(
  some: ReadonlyMap<string, readonly Resource[]>,
  others: ReadonlyMap<string, readonly Resource[]>,
): readonly Resource[] {
  return [...some].flatMap(([text, resources]) => resources.slice(others.get(text)?.length ?? 0));
}
