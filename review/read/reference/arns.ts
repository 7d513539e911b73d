/**
 * ARNs that follow from arguments.
 *
 * `{partition}`, `{region}` and `{account}` are those of the provider, the others are arguments. `{path}` is `/` where
 * it is not given, `{host}` is a URL without scheme, `{relative}` a name without its first slash, `{suffix}` what AWS
 * adds and nobody knows.
 *
 * Source: service authorization reference, resource types.
 */
export const ARNS: ReadonlyMap<string, string> = new Map([
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

/** Kinds of which the name alone says which one a data source means */
export const FOUND_BY_NAME: ReadonlySet<string> = new Set([
  "aws_dynamodb_table",
  "aws_ecr_repository",
  "aws_kms_alias",
  "aws_s3_bucket",
  "aws_sns_topic",
  "aws_sqs_queue",
]);

/** What `id` is, where it is an argument or the ARN */
export const IDS: ReadonlyMap<string, string> = new Map([
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

/** Arguments that the provider gives back in another form than they were written */
export const REWRITTEN: ReadonlySet<string> = new Set(["aws_iam_openid_connect_provider.url"]);
