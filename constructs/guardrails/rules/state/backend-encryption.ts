import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** Left out, `encrypt` is false: the state has the bucket's encryption alone. */
export const backendEncryption: BlockRule = {
  id: "AMBIT-STATE-BACKEND",
  severity: "medium",
  what: "the S3 backend must encrypt the state",
  why: "the state tells all addresses, roles and policies, and each secret that a resource was given",
  fix: "set encrypt to true, and kms_key_id",
  standards: ["owasp-nhi/NHI2", "sp800-53/SC-28"],
  looksAt: ["backend.s3"],
  *check({ body }) {
    if (flagOf(body, "encrypt") !== true) yield { what: "encrypt", at: "encrypt", evidence: body["encrypt"] ?? null };
  },
};
