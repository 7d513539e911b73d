/**
 * What a policy does: it allows its principal (`identity`), says who becomes a role (`trust`), who reaches a resource (`resource`), what
 * passes an endpoint (`endpoint`), or bounds others (`boundary`).
 */
export type PolicyKind = "identity" | "trust" | "resource" | "endpoint" | "boundary";

/** The types whose attribute of this name is the policy of a resource */
function resources(
  attribute: string,
  ...types: readonly string[]
): Readonly<Record<string, Record<string, PolicyKind>>> {
  return Object.fromEntries(types.map((type) => [type, { [attribute]: "resource" as const }]));
}

/**
 * Where each type of resource has its policies; `details.policy` stands in a block. Sessions and organisations have policies that bound
 * what others allow.
 *
 * Each attribute of the provider that is named so is here, or has its reason in `test/cases/policy-attributes.json`.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/6.25.0/docs
 */
export const POLICY_ATTRIBUTES: Readonly<Record<string, Readonly<Record<string, PolicyKind>>>> = {
  aws_iam_group_policy: { policy: "identity" },
  aws_iam_policy: { policy: "identity" },
  aws_iam_role: { assume_role_policy: "trust", "inline_policy.policy": "identity" },
  aws_iam_role_policy: { policy: "identity" },
  aws_iam_user_policy: { policy: "identity" },
  aws_iot_policy: { policy: "identity" },
  aws_ssoadmin_permission_set_inline_policy: { inline_policy: "identity" },
  aws_organizations_policy: { content: "boundary" },
  aws_rolesanywhere_profile: { session_policy: "boundary" },
  aws_transfer_access: { policy: "boundary" },
  aws_transfer_user: { policy: "boundary" },
  aws_odb_network: { s3_policy_document: "endpoint" },
  aws_vpc_endpoint: { policy: "endpoint" },
  aws_vpc_endpoint_policy: { policy: "endpoint" },
  aws_cloudwatch_log_delivery_destination_policy: { delivery_destination_policy: "resource" },
  aws_ecr_repository_creation_template: { repository_policy: "resource" },
  aws_fsx_s3_access_point_attachment: { "s3_access_point.policy": "resource" },
  aws_organizations_resource_policy: { content: "resource" },
  aws_s3control_multi_region_access_point_policy: { "details.policy": "resource" },
  ...resources("access_policies", "aws_elasticsearch_domain", "aws_elasticsearch_domain_policy"),
  ...resources("access_policies", "aws_opensearch_domain", "aws_opensearch_domain_policy"),
  ...resources(
    "access_policy",
    "aws_cloudsearch_domain_service_access_policy",
    "aws_cloudwatch_log_destination_policy",
  ),
  ...resources("access_policy", "aws_glacier_vault"),
  ...resources("policy_document", "aws_cloudwatch_log_resource_policy", "aws_prometheus_resource_policy"),
  ...resources("policy_document", "aws_codeartifact_domain_permissions_policy", "aws_xray_resource_policy"),
  ...resources("policy_document", "aws_codeartifact_repository_permissions_policy"),
  ...resources("resource_policy", "aws_s3tables_table_bucket_policy", "aws_s3tables_table_policy"),
  ...resources("resource_policy", "aws_sagemaker_model_package_group_policy"),
  ...resources("policy", "aws_acmpca_policy", "aws_backup_vault_policy", "aws_cloudwatch_event_bus_policy"),
  ...resources("policy", "aws_api_gateway_domain_name", "aws_api_gateway_rest_api", "aws_api_gateway_rest_api_policy"),
  ...resources("policy", "aws_codebuild_resource_policy", "aws_dynamodb_resource_policy", "aws_efs_file_system_policy"),
  ...resources("policy", "aws_ecr_registry_policy", "aws_ecr_repository_policy", "aws_ecrpublic_repository_policy"),
  ...resources("policy", "aws_glacier_vault_lock", "aws_glue_resource_policy", "aws_kinesis_resource_policy"),
  ...resources("policy", "aws_kms_external_key", "aws_kms_key", "aws_kms_key_policy"),
  ...resources("policy", "aws_kms_replica_external_key", "aws_kms_replica_key", "aws_media_store_container_policy"),
  ...resources("policy", "aws_msk_cluster_policy", "aws_networkfirewall_resource_policy", "aws_oam_sink_policy"),
  ...resources("policy", "aws_redshift_resource_policy", "aws_redshiftserverless_resource_policy"),
  ...resources("policy", "aws_s3_access_point", "aws_s3_bucket", "aws_s3_bucket_policy"),
  ...resources("policy", "aws_s3control_access_grants_instance_resource_policy", "aws_s3control_access_point_policy"),
  ...resources("policy", "aws_s3control_bucket_policy", "aws_s3control_object_lambda_access_point_policy"),
  ...resources("policy", "aws_s3vectors_vector_bucket_policy", "aws_schemas_registry_policy"),
  ...resources("policy", "aws_secretsmanager_secret", "aws_secretsmanager_secret_policy"),
  ...resources("policy", "aws_ses_identity_policy", "aws_sesv2_email_identity_policy"),
  ...resources("policy", "aws_sns_topic", "aws_sns_topic_policy", "aws_sqs_queue", "aws_sqs_queue_policy"),
  ...resources("policy", "aws_vpclattice_auth_policy", "aws_vpclattice_resource_policy"),
};
