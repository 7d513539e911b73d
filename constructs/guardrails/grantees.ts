import type { Json } from "../../domain";
import type { Block } from "./block";
import { valuesAt } from "./private/values-at";
import type { StackJson } from "./stack";
import { isReference, UndecidedValue } from "./value";

/** One who gets a right by a resource that is no policy */
export interface Grantee {
  /** Attribute in which it is written */
  readonly at: string;
  /** As it is written; a reference to a resource of the stack stays one */
  readonly value: string;
}

/** Where each type names who gets a right: in an attribute, or in one of a block */
const GRANTEES: Readonly<Record<string, readonly string[]>> = {
  aws_ami_launch_permission: ["account_id", "group"],
  // What it is asked, and the conversation where that is relayed, go to the other account.
  aws_bedrockagent_agent_collaborator: ["agent_descriptor.alias_arn"],
  aws_cloudwatch_event_permission: ["principal"],
  aws_db_cluster_snapshot: ["shared_accounts"],
  aws_db_snapshot: ["shared_accounts"],
  aws_db_snapshot_copy: ["shared_accounts"],
  aws_dlm_lifecycle_policy: ["policy_details.schedule.share_rule.target_accounts"],
  aws_elastictranscoder_pipeline: ["content_config_permissions.grantee", "thumbnail_config_permissions.grantee"],
  aws_globalaccelerator_cross_account_attachment: ["principals"],
  aws_glue_catalog_database: ["create_table_default_permission.principal.data_lake_principal_identifier"],
  aws_imagebuilder_distribution_configuration: [
    "distribution.ami_distribution_configuration.launch_permission.user_groups",
    "distribution.ami_distribution_configuration.launch_permission.user_ids",
  ],
  aws_kms_grant: ["grantee_principal", "retiring_principal"],
  aws_lakeformation_data_lake_settings: [
    "create_database_default_permissions.principal",
    "create_table_default_permissions.principal",
  ],
  aws_lakeformation_permissions: ["principal"],
  aws_lambda_layer_version_permission: ["principal"],
  aws_lambda_permission: ["principal"],
  aws_licensemanager_grant: ["principal"],
  aws_network_interface_permission: ["aws_account_id"],
  aws_organizations_delegated_administrator: ["account_id"],
  aws_ram_principal_association: ["principal"],
  aws_rds_cluster_snapshot_copy: ["shared_accounts"],
  aws_redshift_data_share_authorization: ["consumer_identifier"],
  aws_redshift_endpoint_authorization: ["account"],
  aws_s3control_access_grant: ["grantee.grantee_identifier"],
  aws_securitylake_custom_log_source: ["configuration.provider_identity.principal"],
  aws_securitylake_subscriber: ["subscriber_identity.principal"],
  aws_servicecatalog_portfolio_share: ["principal_id"],
  aws_signer_signing_profile_permission: ["principal"],
  aws_snapshot_create_volume_permission: ["account_id"],
  aws_ssm_document: ["permissions.account_ids"],
  aws_vpc_endpoint_service: ["allowed_principals"],
  aws_vpc_endpoint_service_allowed_principal: ["principal_arn"],
};

export const GRANTEE_TYPES: readonly string[] = Object.keys(GRANTEES);

/** Where a type names who gets a right: paths of attributes */
export function granteeAttributes(type: string): readonly string[] {
  return GRANTEES[type] ?? [];
}

/**
 * Who gets a right by a block, and what of that is known at apply only. A reference to a resource or a data source of the stack names one
 * of the account, or one that a review has seen.
 */
export function* granteesOf({ type, body }: Block, stack: StackJson): Generator<Grantee | UndecidedValue> {
  for (const at of granteeAttributes(type)) {
    for (const written of valuesAt(body, at)) {
      if (written instanceof UndecidedValue) yield written;
      else for (const each of listed(written)) yield granteeIn(each, at, stack);
    }
  }
}

/** A document of Systems Manager has its accounts in one text. */
function listed(written: Json): readonly Json[] {
  return typeof written === "string" && /^\d{12}\s*,/.test(written) ? written.split(/\s*,\s*/) : [written];
}

/** Who a value names: as it is written, or by a reference to a resource or a data source of the stack */
export function granteeIn(written: Json, at: string, stack: StackJson): Grantee | UndecidedValue {
  if (typeof written === "number") return { at, value: String(written) };
  if (typeof written !== "string") return unknown(at, written);
  const referred = stack.referred(written);
  // An attribute that the stack writes stands for what is written there.
  const stands = referred?.block.body[referred.attribute];
  if (typeof stands === "string" && stands !== written && !NAMING.test(referred?.attribute ?? ""))
    return granteeIn(stands, at, stack);
  const isKnown = !isReference(written) || NAMING.test(referred?.attribute ?? "") || OWN.test(written);
  return isKnown ? { at, value: written } : unknown(at, written);
}

function unknown(at: string, written: Json): UndecidedValue {
  return new UndecidedValue(at, written, `${at} is known at apply only`);
}

/** Attributes that name one thing: a description or the value of a parameter may be any text. */
const NAMING = /(?:^|_)(?:account|arn|id|name)$/;

/** An ARN whose account is the caller's: all else of it is written */
const OWN = /^[^$]*(?:\$\{data\.aws_(?:caller_identity|partition)\.\w+\.\w+\}[^$]*)+$/;
