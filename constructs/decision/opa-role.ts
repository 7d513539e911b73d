import { Construct } from "constructs";
import { dnsLabel } from "../../domain";
import { allow, PolicyDocument } from "../../iam";
import { BUCKET_OBJECT, type BucketObjectInput } from "../aws/bucket-object";
import { KEY, type KeyInput } from "../aws/key";
import { CONTROL_ACCOUNT, CONTROL_NAMESPACE } from "../platform/names";
import type { Platform } from "../platform/platform";
import { platformOf } from "../platform/scope";
import { serviceRole } from "../platform/service-role";

export interface OpaRoleProps {
  /** The object that holds the bundle: that of a `PolicyBucket` */
  readonly bundle: BucketObjectInput;
  /** Encrypts the bundle: a key of the platform's region */
  readonly key: KeyInput;
  /**
   * Service account in the control namespace whose pods run OPA; `"ambit-gateway"` where it is a sidecar.
   *
   * @default "ambit-opa"
   */
  readonly serviceAccount?: string;
}

/** The role of OPA: it may fetch the bundle, and nothing else. */
export class OpaRole extends Construct {
  public readonly roleArn: string;

  /** @throws DeclarationError `arn.malformed`, and `name.malformed` of the service account */
  constructor(scope: Construct, id: string, props: OpaRoleProps) {
    super(scope, id);
    const platform = platformOf(this);
    const where = `[${this.node.path}]`;
    const account = dnsLabel(props.serviceAccount ?? CONTROL_ACCOUNT.opa, where, "serviceAccount");
    serviceRole(this, {
      name: platform.opaRoleName,
      description: "OPA",
      account: { namespace: CONTROL_NAMESPACE, name: account },
      policyName: "ambit-opa",
      access: opaAccess(platform, props, where),
    });
    this.roleArn = platform.opaRoleArn;
  }
}

function opaAccess(platform: Platform, { bundle, key }: OpaRoleProps, where: string): PolicyDocument {
  const asked = { where, code: "arn.malformed" } as const;
  const throughS3 = { StringEquals: { "kms:ViaService": `s3.${platform.region}.amazonaws.com` } };
  return PolicyDocument.of([
    allow("s3:GetObject", BUCKET_OBJECT.arnOf(bundle, { ...asked, property: "bundle" })),
    allow("kms:Decrypt", KEY.arnOf(key, { ...asked, property: "key", region: platform.region }), throughS3),
  ]);
}
