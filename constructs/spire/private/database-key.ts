import { PolicyDocument, type Statement } from "../../../iam";
import type { Platform } from "../../platform/platform";

/** Everything but use, as for the platform's other keys */
const ADMINISTRATION = [
  "CancelKeyDeletion",
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
  "CreateAlias",
  "DeleteAlias",
];

const USE = ["CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"];

/** Of the key that encrypts the database and the secret of its master, and is usable through their services alone */
export function databaseKeyPolicy(platform: Platform): PolicyDocument {
  const services = ["rds", "secretsmanager"].map((service) => `${service}.${platform.region}.amazonaws.com`);
  const allowed = (sid: string, actions: readonly string[]): Statement => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { AWS: platform.accountRoot },
    Action: actions.map((action) => `kms:${action}`),
    Resource: "*",
  });
  return PolicyDocument.of(
    [
      allowed("Administration", ADMINISTRATION),
      {
        ...allowed("UseThroughServices", [...USE, "ReEncryptFrom", "ReEncryptTo"]),
        Condition: { StringEquals: { "kms:CallerAccount": platform.account, "kms:ViaService": services } },
      },
    ],
    { wildcardResource: "key-policy" },
  );
}
