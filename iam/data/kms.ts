import { allow, type Statement } from "../statement";
import type { DataTarget } from "./target";

/** Actions on a key that reading or writing data behind it may need. */
export const KMS_ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey"] as const;

/**
 * Use of the target's key, through `service` only, so that the key alone opens nothing.
 *
 * No network condition may be added: the service calls KMS, from its own network.
 *
 * @param service host label of the service that holds the data, such as `s3`
 * @returns no statement if the target has no key of its own
 */
export function keyStatements(
  target: DataTarget,
  service: "s3" | "dynamodb" | "secretsmanager",
  actions: readonly (typeof KMS_ACTIONS)[number][],
): readonly Statement[] {
  if (target.keyArn === undefined || actions.length === 0) return [];
  const viaService = `${service}.${target.region}.amazonaws.com`;
  return [allow(actions, target.keyArn, { StringEquals: { "kms:ViaService": viaService } })];
}
