import { PolicyDocument } from "../../../iam";
import { ADMINISTRATION, inKey, throughServices } from "../../platform/key";
import type { Platform } from "../../platform/platform";

/** Of the key that encrypts the database and the secret of its master, and is usable through their services alone */
export function databaseKeyPolicy(platform: Platform): PolicyDocument {
  return PolicyDocument.of(
    [inKey(platform, "Administration", ADMINISTRATION), throughServices(platform, "rds", "secretsmanager")],
    { wildcardResource: "key-policy" },
  );
}
