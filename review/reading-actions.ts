import { Glob } from "../iam/sets/glob";

/**
 * Names of actions of the access levels List and Read start with these, and `kms:Decrypt`, which reveals and changes
 * nothing.
 *
 * Source: Service Authorization Reference, access levels; AWS's own policies ReadOnlyAccess and SecurityAudit.
 */
const VERBS = [
  "batchdescribe",
  "batchget",
  "batchlist",
  "check",
  "conditioncheck",
  "decrypt",
  "describe",
  "download",
  "get",
  "head",
  "list",
  "lookup",
  "partiqlselect",
  "query",
  "read",
  "scan",
  "search",
  "select",
  "simulate",
  "validate",
  "view",
];

/**
 * Exceptions to these and more names: they issue credentials, which allow more than reading, or have the access level
 * Write.
 */
const MORE = [
  "bedrock-agentcore:GetResourceApiKey",
  "bedrock-agentcore:GetResourceOauth2Token",
  "bedrock-agentcore:GetWorkloadAccessToken",
  "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
  "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
  "codeconnections:GetConnectionToken",
  "codepipeline:GetJobDetails",
  "codepipeline:GetThirdPartyJobDetails",
  "codestar-connections:GetConnectionToken",
  "cognito-identity:GetCredentialsForIdentity",
  "cognito-identity:GetId",
  "cognito-identity:GetOpenIdToken",
  "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
  "connect:GetFederationToken",
  "datazone:GetDomainExecutionRoleCredentials",
  "datazone:GetEnvironmentCredentials",
  "elasticmapreduce:GetClusterSessionCredentials",
  "emr-containers:GetManagedEndpointSessionCredentials",
  "gamelift:GetComputeAccess",
  "gamelift:GetInstanceAccess",
  "lakeformation:GetDataAccess",
  "license-manager:CheckInLicense",
  "license-manager:CheckoutBorrowLicense",
  "license-manager:CheckoutLicense",
  "lightsail:DownloadDefaultKeyPair",
  "lightsail:GetInstanceAccessDetails",
  "lightsail:GetRelationalDatabaseMasterUserPassword",
  "redshift-serverless:GetCredentials",
  "redshift:GetClusterCredentials",
  "redshift:GetClusterCredentialsWithIAM",
  "ssm:GetAccessToken",
  "sts:GetFederationToken",
  "sts:GetServiceBearerToken",
  "sts:GetSessionToken",
  "sts:GetWebIdentityToken",
];

const READS = new RegExp(`^[a-z0-9*?-]+:(?:${VERBS.join("|")})`, "i");

/**
 * Whether every action that a pattern matches only reads: an action that is not known to counts as writing.
 *
 * @param pattern one action, such as `s3:GetObject`, or several, such as `s3:Get*`
 */
export function onlyReads(pattern: string): boolean {
  return READS.test(pattern) && !MORE.some((action) => Glob.of(pattern, "action").widest.matches(action));
}
