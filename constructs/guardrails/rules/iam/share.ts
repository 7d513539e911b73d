import { type Statement, valuesOf } from "../../../../iam";
import { ALL_SERVICES, servicesCovered } from "../../action-patterns";
import { isNarrowedBy, testsOf } from "../../conditions";
import { covers, grantsOf } from "../../grants";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** Actions that write who else gets data, keys, images or functions, by service */
const SHARING: Readonly<Record<string, readonly string[]>> = {
  backup: ["PutBackupVaultAccessPolicy"],
  dynamodb: ["PutResourcePolicy"],
  ec2: ["ModifyImageAttribute", "ModifySnapshotAttribute"],
  ecr: ["PutRegistryPolicy", "SetRepositoryPolicy"],
  elasticfilesystem: ["PutFileSystemPolicy"],
  events: ["PutPermission"],
  glue: ["PutResourcePolicy"],
  kinesis: ["PutResourcePolicy"],
  kms: ["CreateGrant"],
  lambda: ["AddLayerVersionPermission", "AddPermission"],
  logs: ["PutDestinationPolicy", "PutResourcePolicy"],
  ram: ["AssociateResourceShare", "CreateResourceShare"],
  rds: ["ModifyDBClusterSnapshotAttribute", "ModifyDBSnapshotAttribute"],
  redshift: ["AuthorizeDataShare"],
  s3: [
    "DeleteBucketPolicy",
    "PutAccessPointPolicy",
    "PutAccountPublicAccessBlock",
    "PutBucketAcl",
    "PutBucketOwnershipControls",
    "PutBucketPolicy",
    "PutBucketPublicAccessBlock",
  ],
  secretsmanager: ["PutResourcePolicy"],
  sns: ["AddPermission", "SetTopicAttributes"],
  sqs: ["AddPermission", "SetQueueAttributes"],
  ssm: ["ModifyDocumentPermission"],
};

/** A grant for a service's own resources, or for principals that a condition names, shares nothing else; nor does a permission of Lambda for one principal. */
export const share: BlockRule = {
  id: "AMBIT-IAM-SHARE",
  severity: "high",
  what: "no policy may allow actions that give others data, keys or functions",
  why: "its owner opens a bucket, a table, a key or a function to another account, which then uses it without a policy here",
  fix: "leave the action out; for kms:CreateGrant test kms:GrantIsForAWSResource or kms:GranteePrincipal, for lambda:AddPermission lambda:Principal",
  standards: ["owasp-nhi/NHI5", "owasp-asi/ASI03", "sp800-53/AC-6", "sp800-53/AC-4"],
  looksAt: typesWith("identity"),
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity"))
      for (const service of servicesCovered(statement, SHARING))
        if (!isBound(service, statement)) yield { what: service, at: `${at}.Action`, evidence };
  },
};

function isBound(service: string, statement: Statement): boolean {
  if (service === "s3" || service === ALL_SERVICES) return isOfObjects(statement);
  if (service === "lambda")
    return !covers(statement, "lambda:AddLayerVersionPermission") && isNarrowedBy(statement, /^lambda:Principal$/i);
  return service === "kms" && (isNarrowedBy(statement, /^kms:GranteePrincipal$/i) || isForService(statement));
}

/** What is written of a bucket has no effect on its objects. */
function isOfObjects({ Resource, NotResource }: Statement): boolean {
  return (
    NotResource === undefined &&
    valuesOf(Resource).every((each) => /^arn:[^:]*:s3:::(?:[^/*?$]|\$\{[^{}]*\})+\//.test(each))
  );
}

function isForService({ Condition }: Statement): boolean {
  return testsOf(Condition, /^kms:GrantIsForAWSResource$/i).some(
    ({ operator, values }) => operator === "Bool" && values.length === 1 && values[0] === "true",
  );
}
