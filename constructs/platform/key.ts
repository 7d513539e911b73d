import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { PolicyDocument, type Statement } from "../../iam";
import type { IKey } from "../aws/key";
import { ROLE, type RoleInput } from "../aws/role";
import type { Platform } from "./platform";
import { platformOf } from "./scope";

/** Longest wait that KMS offers before a key is gone for good, in days (KMS ScheduleKeyDeletion) */
export const DELETION_WINDOW_DAYS = 30;

/** Everything but use, so that who manages the key in the account cannot read or sign with it. */
export const ADMINISTRATION = [
  "CancelKeyDeletion",
  "CreateAlias",
  "DeleteAlias",
  "DescribeKey",
  "DisableKey",
  "DisableKeyRotation",
  "EnableKey",
  "EnableKeyRotation",
  "GetKeyPolicy",
  "GetKeyRotationStatus",
  "ListGrants",
  "ListKeyPolicies",
  "ListKeyRotations",
  "ListResourceTags",
  "PutKeyPolicy",
  "RevokeGrant",
  "ScheduleKeyDeletion",
  "TagResource",
  "UntagResource",
  "UpdateAlias",
  "UpdateKeyDescription",
].map((action) => `kms:${action}`);

/** Whose keys they are: as a platform says it, or who runs a component in an account of its own */
export type KeyOwner = Pick<Platform, "account" | "accountRoot" | "keyAlias" | "partition" | "protectData" | "region">;

/** A KMS key of the platform */
export abstract class PlatformKey extends Construct implements IKey {
  /** Known after apply */
  public readonly keyArn: string;

  protected constructor(
    scope: Construct,
    id: string,
    alias: string,
    description: string,
    use: readonly Statement[],
    kind: { readonly enableKeyRotation?: boolean; readonly customerMasterKeySpec?: string; readonly keyUsage?: string },
    /** Whether the key can be destroyed together with what it protects, without loss */
    isDisposable = false,
    owner: KeyOwner = platformOf(scope),
  ) {
    super(scope, id);
    const key = new KmsKey(this, "Resource", {
      description,
      ...kind,
      deletionWindowInDays: DELETION_WINDOW_DAYS,
      policy: keyPolicy(owner, use).toTerraform(),
      ...(isDisposable ? {} : { lifecycle: { preventDestroy: owner.protectData } }),
    });
    new KmsAlias(this, "Alias", { name: owner.keyAlias(alias), targetKeyId: key.keyId });
    this.keyArn = key.arn;
  }
}

/** Encrypts what Ambit keeps; usable only through DynamoDB and S3. Rotates every year. */
export class DataKey extends PlatformKey {
  constructor(scope: Construct, id: string) {
    const platform = platformOf(scope);
    super(scope, id, "data", "Ambit: tables and audit records", [throughServices(platform, "dynamodb", "s3")], {
      enableKeyRotation: true,
    });
  }
}

export interface LogKeyProps {
  /** The only group of CloudWatch Logs that it encrypts */
  readonly logGroup: string;
  /**
   * The end of its alias, and whose log it is.
   *
   * @default - `logs`, of the exchange
   */
  readonly of?: { readonly alias: string; readonly whose: string };
  /** @default - the platform of the stack */
  readonly owner?: KeyOwner;
}

/** Encrypts the log of one function; usable only by CloudWatch Logs. Rotates every year. */
export class LogKey extends PlatformKey {
  constructor(scope: Construct, id: string, { logGroup, of, owner = platformOf(scope) }: LogKeyProps) {
    const { alias, whose } = of ?? { alias: "logs", whose: "the exchange" };
    const use = [throughLogs(owner, logGroup)];
    super(scope, id, alias, `Ambit: log of ${whose}`, use, { enableKeyRotation: true }, of !== undefined, owner);
  }
}

export interface TrailKeyProps {
  /** The only trail that it encrypts for */
  readonly trailArn: string;
}

/** Encrypts what CloudTrail delivers; read only through S3. Rotates every year. */
export class TrailKey extends PlatformKey {
  constructor(scope: Construct, id: string, { trailArn }: TrailKeyProps) {
    const platform = platformOf(scope);
    const use = [throughServices(platform, "s3"), ...byCloudTrail(trailArn)];
    super(scope, id, "trail", "Ambit: events of CloudTrail", use, { enableKeyRotation: true });
  }
}

export interface SigningKeyProps {
  /** What it signs; the end of its alias */
  readonly signs:
    | "audit-log"
    | "cosignatures"
    | "kill-switch"
    | "policy"
    | "registry"
    | "tokens"
    | "tokens-next"
    | `starter/${string}`;
  /**
   * The only role that may sign.
   *
   * @default - every principal that the account's IAM policies allow to, for signing at deploy
   */
  readonly signer?: RoleInput;
  /** @default - the platform of the stack */
  readonly owner?: KeyOwner;
}

/** What C2SP signs by Ed25519 */
const NOTES: readonly string[] = ["audit-log", "cosignatures"] satisfies readonly SigningKeyProps["signs"][];

/**
 * Signs ES256, and checkpoints of an audit log by Ed25519, as C2SP asks for it; the private key never leaves KMS, and every principal in the
 * account may fetch the public one.
 */
export class SigningKey extends PlatformKey {
  /** @throws DeclarationError `arn.malformed` */
  constructor(scope: Construct, id: string, props: SigningKeyProps) {
    const { signs, signer, owner = platformOf(scope) } = props;
    // The provider knows Ed25519 from 6.21 on.
    const customerMasterKeySpec = NOTES.includes(signs) ? "ECC_NIST_EDWARDS25519" : "ECC_NIST_P256";
    const kind = { customerMasterKeySpec, keyUsage: "SIGN_VERIFY" };
    // What these sign is good for minutes, and the registry is signed with the keys that are there.
    const where = `[${scope.node.path}/${id}]`;
    const isDisposable = signs === "kill-switch" || signs.startsWith("starter/");
    super(scope, id, signs, `Ambit: signs ${signs}`, signing(owner, signer, where), kind, isDisposable, owner);
  }
}

function keyPolicy(owner: KeyOwner, use: readonly Statement[]): PolicyDocument {
  const administration = inKey(owner, "Administration", [...ADMINISTRATION, "kms:RotateKeyOnDemand"]);
  return PolicyDocument.of([administration, ...use], { wildcardResource: "key-policy" });
}

/** The account as principal leaves the decision to its IAM policies. */
export function inKey(owner: KeyOwner, sid: string, actions: readonly string[]): Statement {
  return { Sid: sid, Effect: "Allow", Principal: { AWS: owner.accountRoot }, Action: actions, Resource: "*" };
}

/** Use by the account, but through these services alone */
export function throughServices(owner: KeyOwner, ...names: readonly string[]): Statement {
  const actions = ["CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"];
  const services = names.map((service) => `${service}.${owner.region}.amazonaws.com`);
  return {
    ...inKey(
      owner,
      "UseThroughServices",
      [...actions, "ReEncryptFrom", "ReEncryptTo"].map((action) => `kms:${action}`),
    ),
    Condition: { StringEquals: { "kms:CallerAccount": owner.account, "kms:ViaService": services } },
  };
}

/** Logs call by themselves, and name the group (CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using KMS") */
function throughLogs({ partition, region, account }: KeyOwner, logGroup: string): Statement {
  const group = `arn:${partition}:logs:${region}:${account}:log-group:${logGroup}`;
  return {
    Sid: "UseByLogs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"].map(
      (action) => `kms:${action}`,
    ),
    Resource: "*",
    Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": group } },
  };
}

/** Source: CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail" */
function byCloudTrail(trailArn: string): readonly Statement[] {
  const byTrail = { StringEquals: { "aws:SourceArn": trailArn } };
  const allowed = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Resource: "*" } as const;
  return [
    {
      Sid: "EncryptByTrail",
      ...allowed,
      Action: ["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"],
      Condition: {
        StringEquals: { "aws:SourceArn": trailArn },
        // A trail of all regions names itself by the region in which it delivers.
        StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": trailArn.replace(/(:cloudtrail:)[^:]+/, "$1*") },
      },
    },
    { Sid: "LookByTrail", ...allowed, Action: "kms:DescribeKey", Condition: byTrail },
  ];
}

function signing(owner: KeyOwner, signer: RoleInput | undefined, where: string): readonly Statement[] {
  const sign = inKey(owner, "Sign", ["kms:Sign"]);
  const verify = inKey(owner, "Verify", ["kms:GetPublicKey", "kms:Verify"]);
  if (signer === undefined) return [sign, verify];
  const role = ROLE.arnOf(signer, { property: "signer", where, code: "arn.malformed" });
  return [{ ...sign, Condition: { ArnEquals: { "aws:PrincipalArn": role } } }, verify];
}
