import type { DataAwsKmsKey } from "@cdktf/provider-aws/lib/data-aws-kms-key";
import type { KmsExternalKey } from "@cdktf/provider-aws/lib/kms-external-key";
import type { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import type { KmsReplicaKey } from "@cdktf/provider-aws/lib/kms-replica-key";
import { Kind } from "./kind";

export const KEY = new Kind({
  what: "a KMS key",
  service: "kms",
  place: "region and account",
  resource: /^key\/[A-Za-z0-9-]+$/,
  example: "arn:aws:kms:eu-central-1:111122223333:key/0e0e0e0e-0000-4000-8000-000000000001",
  attribute: "keyArn",
  resources: { aws_kms_key: "arn", aws_kms_external_key: "arn", aws_kms_replica_key: "arn" },
});

/** A KMS key: `DataKey` and `SigningKey` are some, and `Key.fromKeyArn` */
export interface IKey {
  readonly keyArn: string;
}

/** A KMS key, as a construct of Ambit or of the provider, or its ARN */
export type KeyInput = IKey | DataAwsKmsKey | KmsExternalKey | KmsKey | KmsReplicaKey | string;

/** A KMS key that is made elsewhere */
export class Key implements IKey {
  private constructor(public readonly keyArn: string) {}

  /**
   * A key by its ARN.
   *
   * @param keyArn may be a reference, known after apply
   * @throws DeclarationError `arn.malformed`
   */
  public static fromKeyArn(keyArn: string): Key {
    return new Key(KEY.checked(keyArn, { property: "keyArn", where: "key", code: "arn.malformed" }));
  }
}
