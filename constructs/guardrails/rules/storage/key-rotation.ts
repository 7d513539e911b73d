import type { BlockRule } from "../../rule";
import { flagOf, textOf } from "../../value";

/** Keys that encrypt, which KMS makes: those that sign, and those with material from elsewhere, cannot rotate by themselves. */
export const keyRotation: BlockRule = {
  id: "AMBIT-STORAGE-KEY-ROTATION",
  severity: "medium",
  what: "a key that encrypts must rotate",
  why: "all that was ever encrypted by it opens to an attacker who uses it once",
  fix: "set enable_key_rotation",
  standards: ["owasp-nhi/NHI7", "sp800-53/SC-12"],
  looksAt: ["aws_kms_key"],
  *check({ body }) {
    if ((textOf(body, "key_usage") ?? "ENCRYPT_DECRYPT") !== "ENCRYPT_DECRYPT") return;
    const spec = textOf(body, "customer_master_key_spec") ?? "SYMMETRIC_DEFAULT";
    if (spec !== "SYMMETRIC_DEFAULT" || (body["custom_key_store_id"] ?? "") !== "") return;
    if (flagOf(body, "enable_key_rotation") === true) return;
    yield { what: "enable_key_rotation", at: "enable_key_rotation", evidence: body["enable_key_rotation"] ?? null };
  },
};
