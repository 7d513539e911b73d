import type { BlockRule } from "../../rule";
import { blocksOf, textOf } from "../../value";

/** The canned lists, and grants to the groups of everyone. */
export const publicAcl: BlockRule = {
  id: "AMBIT-STORAGE-PUBLIC-ACL",
  severity: "critical",
  what: "no bucket may have a public list of access",
  why: "everyone on the internet lists or reads its objects",
  fix: "leave acl out: object ownership BucketOwnerEnforced turns lists of access off",
  standards: ["owasp-nhi/NHI6", "maestro/L2", "sp800-53/AC-3"],
  looksAt: ["aws_s3_bucket", "aws_s3_bucket_acl"],
  *check(block) {
    const acl = textOf(block.body, "acl") ?? "private";
    if (/^(?:public-|authenticated-read)/.test(acl)) yield { what: `acl::${acl}`, at: "acl", evidence: acl };
    for (const policy of blocksOf(block.body, "access_control_policy")) {
      for (const grant of blocksOf(policy, "grant", "access_control_policy.grant")) {
        for (const { uri } of blocksOf(grant, "grantee", "access_control_policy.grant.grantee")) {
          if (typeof uri !== "string" || !/\/(?:AllUsers|AuthenticatedUsers)$/.test(uri)) continue;
          yield { what: `grant::${uri}`, at: "access_control_policy", evidence: [uri, grant["permission"] ?? null] };
        }
      }
    }
  },
};
