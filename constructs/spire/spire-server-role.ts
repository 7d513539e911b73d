import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { onlyKnown, refuse } from "../../domain";
import { allow, PolicyDocument, type Statement } from "../../iam";
import { BUCKET_OBJECT, type BucketObjectInput } from "../aws/bucket-object";
import { CERTIFICATE_AUTHORITY, type CertificateAuthorityInput } from "../aws/certificate-authority";
import { TRUST_ANCHOR, type TrustAnchorInput } from "../aws/trust-anchor";
import { SPIRE_ACCOUNT, SPIRE_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";

const NAME = "spire-server";

/** Tags that SPIRE sets on its keys (SPIRE, pkg/server/plugin/keymanager/awskms/awskms.go) */
const TRUST_DOMAIN_TAG = "spire-server-td";
const SPIRE_TAGS = [TRUST_DOMAIN_TAG, "spire-server-id", "spire-active", "spire-key-id", "spire-last-update"];
/** Tag of ours on the same keys: they are in no Terraform state, and are found by it. */
const PLATFORM_TAG = "ambit-platform";

/** `ec-p256` of SPIRE (SPIRE, keySpecFromKeyType) */
const KEY = { "kms:KeySpec": "ECC_NIST_P256", "kms:KeyUsage": "SIGN_VERIFY" };

export interface SpireServerRoleProps {
  /**
   * The database that the servers log in to with tokens of this role.
   *
   * @default - none
   */
  readonly database?: { readonly clusterResourceId: string; readonly userName: string };

  /**
   * Whether the servers keep their signing keys in KMS.
   *
   * @default true
   */
  readonly kms?: boolean;

  /**
   * The AWS Private CA that signs SPIRE's CAs.
   *
   * @default - none
   */
  readonly certificateAuthority?: CertificateAuthorityInput | undefined;

  /**
   * How many CAs may be below SPIRE's, as in the upstream authority. Only such CA certificates can be issued.
   *
   * @default 0
   */
  readonly pathLength?: 0 | 1 | 2 | 3;

  /**
   * The one S3 object that the servers publish their keys into.
   *
   * @default - none
   */
  readonly bundleObject?: BucketObjectInput | undefined;

  /**
   * The one Roles Anywhere trust anchor that the servers publish their CAs into.
   *
   * @default - none
   */
  readonly trustAnchor?: TrustAnchorInput | undefined;
}

const PROPERTIES = [
  "database",
  "kms",
  "certificateAuthority",
  "pathLength",
  "bundleObject",
  "trustAnchor",
] as const satisfies readonly (keyof SpireServerRoleProps)[];

/** The role of the SPIRE servers: log in to their database, sign with their own keys, publish their bundle. */
export class SpireServerRole extends Construct {
  public readonly roleArn: string;
  /** What must be there before a server can assume it */
  public readonly ready: readonly ITerraformDependable[];
  /** Tags that the servers must set on their keys (`key_tags` of aws_kms); without the tags they cannot create keys */
  public readonly keyTags: Readonly<Record<string, string>>;
  /** Policy that the servers must give their keys (`key_policy_file` of aws_kms); undefined without KMS */
  public readonly keyPolicy?: string;

  /** @throws DeclarationError `spire.malformed`, and `property.unknown` */
  constructor(scope: Construct, id: string, props: SpireServerRoleProps = {}) {
    super(scope, id);
    const where = `[${this.node.path}]`;
    const platform = platformOf(this);
    onlyKnown(props, PROPERTIES, where);
    const { kms = true } = props;
    this.roleArn = platform.spireServerRoleArn;
    this.keyTags = kms ? { [PLATFORM_TAG]: platform.name } : {};
    if (kms) this.keyPolicy = spireKeyPolicy(platform, this.roleArn).toJson();
    const statements = spireServerAccess(platform, props, where);
    const { role, access } = serviceRole(this, {
      name: platform.spireServerRoleName,
      description: "SPIRE servers",
      account: { namespace: SPIRE_NAMESPACE.server, name: SPIRE_ACCOUNT.server },
      policyName: NAME,
      access: PolicyDocument.of(statements),
    });
    this.ready = [role, access];
  }
}

function spireServerAccess(platform: Platform, props: SpireServerRoleProps, where: string): readonly Statement[] {
  const { database, kms = true, certificateAuthority, pathLength = 0, bundleObject, trustAnchor } = props;
  const asked = { where, code: "spire.malformed" } as const;
  const statements: Statement[] = [];
  if (database !== undefined) {
    const { clusterResourceId, userName } = database;
    const user = `arn:${platform.partition}:rds-db:${platform.region}:${platform.account}:dbuser:${clusterResourceId}/${userName}`;
    statements.push(allow("rds-db:connect", user));
  }
  if (kms) statements.push(...keyAccess(platform));
  if (certificateAuthority !== undefined) {
    const property = "certificateAuthority";
    const authority = CERTIFICATE_AUTHORITY.arnOf(certificateAuthority, { ...asked, property });
    const template = `arn:${platform.partition}:acm-pca:::template/SubordinateCACertificate_PathLen${pathLength}/V1`;
    statements.push(
      allow(["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate"], authority),
      allow("acm-pca:IssueCertificate", authority, { StringEquals: { "acm-pca:TemplateArn": template } }),
    );
  }
  if (bundleObject !== undefined) {
    statements.push(allow("s3:PutObject", BUCKET_OBJECT.arnOf(bundleObject, { ...asked, property: "bundleObject" })));
  }
  if (trustAnchor !== undefined) {
    const anchor = TRUST_ANCHOR.arnOf(trustAnchor, { ...asked, property: "trustAnchor" });
    statements.push(allow("rolesanywhere:UpdateTrustAnchor", anchor));
  }
  if (statements.length === 0) {
    const sentence = "kms is false and nothing else is named, so the role could do nothing";
    refuse("spire.malformed", where, `${sentence}: name what the servers use, or leave the role out`);
  }
  return statements;
}

/**
 * What the key manager does outside its own keys. What it does with them stands in their key policy alone: tags take
 * minutes to count in IAM, and a role that may both tag and sign by tag could sign with every key of the account.
 */
function keyAccess(platform: Platform): readonly Statement[] {
  const arn = `arn:${platform.partition}:kms:${platform.region}:${platform.account}`;
  const tags = {
    [`aws:RequestTag/${PLATFORM_TAG}`]: platform.name,
    [`aws:RequestTag/${TRUST_DOMAIN_TAG}`]: platform.trustDomain.name,
  };
  return [
    allow("kms:CreateKey", "*", { StringEquals: { ...tags, ...KEY } }),
    // Making a key with tags takes this too, for a key that has no ARN yet.
    allow("kms:TagResource", `${arn}:key/*`, {
      StringEquals: tags,
      "ForAllValues:StringEquals": { "aws:TagKeys": [PLATFORM_TAG, ...SPIRE_TAGS] },
    }),
    allow(["kms:CreateAlias", "kms:UpdateAlias"], `${arn}:alias/SPIRE_SERVER/${aliasOf(platform)}/*`),
    allow(["kms:ListAliases", "tag:GetResources"], "*"),
  ];
}

/** An alias takes no dots (SPIRE, sanitizeTrustDomain). */
function aliasOf({ trustDomain }: Platform): string {
  return trustDomain.name.replaceAll(".", "_");
}

/**
 * SPIRE's default would give its role `kms:*`, grants to others included, and names it without its path, so that no
 * key could be made at all.
 */
function spireKeyPolicy(platform: Platform, roleArn: string): PolicyDocument {
  const use = [
    "CreateAlias",
    "DescribeKey",
    "GetPublicKey",
    "ScheduleKeyDeletion",
    "Sign",
    "TagResource",
    "UpdateAlias",
  ];
  // KMS makes no key whose policy its maker could not change again (KMS CreateKey, Policy).
  const make = ["PutKeyPolicy"];
  const clean = [
    "CancelKeyDeletion",
    "DescribeKey",
    "DisableKey",
    "EnableKey",
    "GetKeyPolicy",
    "GetPublicKey",
    "ListGrants",
    "ListKeyPolicies",
    "ListResourceTags",
    "RevokeGrant",
    "ScheduleKeyDeletion",
  ];
  const allowed = (sid: string, principal: string, actions: readonly string[]): Statement => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: actions.map((action) => `kms:${action}`),
    Resource: "*",
  });
  return PolicyDocument.of(
    [allowed("SpireServer", roleArn, [...use, ...make]), allowed("CleanUp", platform.accountRoot, clean)],
    { wildcardResource: "key-policy" },
  );
}
