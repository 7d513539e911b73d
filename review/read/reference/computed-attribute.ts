import type { DeclaredResource } from "../configuration/stack";
import type { Budget } from "../expression/budget";
import { textParts } from "../expression/value-text";
import { joinParts, Unknown, type Value } from "../expression/value";
import { policyDocument } from "../policy/policy-document";
import type { Lookup, ProviderFacts } from "./lookup";

/** An attribute that AWS or Terraform computes, if it follows from the configuration */
export function computedAttribute(
  lookup: Lookup,
  declared: DeclaredResource,
  name: string,
  budget: Budget,
): Value | undefined {
  const { type, mode } = declared;
  if (REWRITTEN.has(`${type}.${name}`)) {
    return new Unknown(`${declared.address}.${name} #${lookup.fingerprint(declared, budget)}`);
  }
  if (mode === "data") {
    const asked = askedOfProvider(lookup, declared, name, budget);
    if (asked !== undefined) return asked;
    if (type === "aws_iam_policy_document" && (name === "json" || name === "minified_json")) {
      const read = policyDocument((argument) => lookup.argument(declared, argument, budget), budget);
      if ("json" in read) return read.json;
      return new Unknown(`${declared.address}.json, ${read.unknown} #${lookup.fingerprint(declared, budget)}`);
    }
    if (!FOUND_BY_NAME.has(type)) return undefined;
  }
  if (name === "arn") return arn(lookup, declared, budget);
  if (name !== "id") return undefined;
  const same = IDS.get(type);
  if (same === undefined) return undefined;
  return same === "arn" ? arn(lookup, declared, budget) : given(lookup, declared, same, budget);
}

function askedOfProvider(lookup: Lookup, declared: DeclaredResource, name: string, budget: Budget): Value | undefined {
  switch (`${declared.type}.${name}`) {
    case "aws_caller_identity.account_id":
    case "aws_caller_identity.id":
      return lookup.facts(declared, budget).account;
    case "aws_partition.id":
    case "aws_partition.partition":
      return lookup.facts(declared, budget).partition;
    case "aws_region.id":
    case "aws_region.name":
    case "aws_region.region":
      return given(lookup, declared, "name", budget) ?? lookup.facts(declared, budget).region;
  }
  return undefined;
}

function arn(lookup: Lookup, declared: DeclaredResource, budget: Budget): Value | undefined {
  const pattern = ARNS.get(declared.type);
  if (pattern === undefined) return undefined;
  const facts = lookup.facts(declared, budget);
  const parts: (string | Unknown)[] = [];
  for (const [index, part] of pattern.split(/\{(\w+)\}/).entries()) {
    const value = index % 2 === 0 ? part : (factOf(facts, part) ?? fill(lookup, declared, part, budget));
    if (value === undefined) return undefined;
    parts.push(...textParts(value, budget));
  }
  return joinParts(parts);
}

function factOf(facts: ProviderFacts, name: string): Value | undefined {
  return Object.hasOwn(facts, name) ? facts[name as keyof typeof facts] : undefined;
}

/** Value of a name in a pattern; undefined if the argument is not set */
function fill(lookup: Lookup, declared: DeclaredResource, name: string, budget: Budget): Value | undefined {
  switch (name) {
    case "path":
      return given(lookup, declared, "path", budget) ?? "/";
    case "suffix":
      return new Unknown(`${declared.address}.suffix`);
    case "host": {
      const url = given(lookup, declared, "url", budget);
      return typeof url === "string" ? url.replace(/^https:\/\//, "") : undefined;
    }
    case "relative": {
      const path = given(lookup, declared, "name", budget);
      return typeof path === "string" ? path.replace(/^\//, "") : undefined;
    }
  }
  return given(lookup, declared, name, budget);
}

function given(lookup: Lookup, declared: DeclaredResource, name: string, budget: Budget): Value | undefined {
  const value = lookup.argument(declared, name, budget);
  return value === "" ? undefined : value;
}

/**
 * ARNs that follow from arguments.
 *
 * `{partition}`, `{region}` and `{account}` are those of the provider, the others are arguments. `{path}` is `/` by
 * default, `{host}` is a URL without scheme, `{relative}` a name without its first slash, `{suffix}` is added by AWS
 * and unknown.
 *
 * Source: service authorization reference, resource types.
 */
const ARNS: ReadonlyMap<string, string> = new Map([
  ["aws_cloudwatch_event_bus", "arn:{partition}:events:{region}:{account}:event-bus/{name}"],
  ["aws_cloudwatch_log_group", "arn:{partition}:logs:{region}:{account}:log-group:{name}"],
  ["aws_dynamodb_table", "arn:{partition}:dynamodb:{region}:{account}:table/{name}"],
  ["aws_ecr_repository", "arn:{partition}:ecr:{region}:{account}:repository/{name}"],
  ["aws_ecs_cluster", "arn:{partition}:ecs:{region}:{account}:cluster/{name}"],
  ["aws_eks_cluster", "arn:{partition}:eks:{region}:{account}:cluster/{name}"],
  ["aws_iam_group", "arn:{partition}:iam::{account}:group{path}{name}"],
  ["aws_iam_instance_profile", "arn:{partition}:iam::{account}:instance-profile{path}{name}"],
  ["aws_iam_openid_connect_provider", "arn:{partition}:iam::{account}:oidc-provider/{host}"],
  ["aws_iam_policy", "arn:{partition}:iam::{account}:policy{path}{name}"],
  ["aws_iam_role", "arn:{partition}:iam::{account}:role{path}{name}"],
  ["aws_iam_saml_provider", "arn:{partition}:iam::{account}:saml-provider/{name}"],
  ["aws_iam_user", "arn:{partition}:iam::{account}:user{path}{name}"],
  ["aws_kinesis_stream", "arn:{partition}:kinesis:{region}:{account}:stream/{name}"],
  ["aws_kms_alias", "arn:{partition}:kms:{region}:{account}:{name}"],
  ["aws_lambda_function", "arn:{partition}:lambda:{region}:{account}:function:{function_name}"],
  ["aws_s3_bucket", "arn:{partition}:s3:::{bucket}"],
  ["aws_secretsmanager_secret", "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-{suffix}"],
  ["aws_sfn_state_machine", "arn:{partition}:states:{region}:{account}:stateMachine:{name}"],
  ["aws_sns_topic", "arn:{partition}:sns:{region}:{account}:{name}"],
  ["aws_sqs_queue", "arn:{partition}:sqs:{region}:{account}:{name}"],
  ["aws_ssm_parameter", "arn:{partition}:ssm:{region}:{account}:parameter/{relative}"],
]);

/** Kinds whose data sources are identified by name alone */
const FOUND_BY_NAME: ReadonlySet<string> = new Set([
  "aws_dynamodb_table",
  "aws_ecr_repository",
  "aws_kms_alias",
  "aws_s3_bucket",
  "aws_sns_topic",
  "aws_sqs_queue",
]);

/** Value of `id`, for types with an argument or the ARN as id */
const IDS: ReadonlyMap<string, string> = new Map([
  ["aws_cloudwatch_event_bus", "name"],
  ["aws_cloudwatch_log_group", "name"],
  ["aws_dynamodb_table", "name"],
  ["aws_ecr_repository", "name"],
  ["aws_ecs_cluster", "arn"],
  ["aws_eks_cluster", "name"],
  ["aws_iam_group", "name"],
  ["aws_iam_instance_profile", "name"],
  ["aws_iam_openid_connect_provider", "arn"],
  ["aws_iam_policy", "arn"],
  ["aws_iam_role", "name"],
  ["aws_iam_saml_provider", "arn"],
  ["aws_iam_user", "name"],
  ["aws_kinesis_stream", "arn"],
  ["aws_kms_alias", "name"],
  ["aws_lambda_function", "function_name"],
  ["aws_s3_bucket", "bucket"],
  ["aws_secretsmanager_secret", "arn"],
  ["aws_sfn_state_machine", "arn"],
  ["aws_sns_topic", "arn"],
  ["aws_ssm_parameter", "name"],
]);

/** Arguments that the provider returns in another form than written */
const REWRITTEN: ReadonlySet<string> = new Set(["aws_iam_openid_connect_provider.url"]);
