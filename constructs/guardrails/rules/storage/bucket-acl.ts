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
  looksAt: ["aws_s3_bucket", "aws_s3_bucket_acl", "aws_s3_object", "aws_s3_object_copy"],
  *check(block) {
    const acl = textOf(block.body, "acl") ?? "private";
    if (/^(?:public-|authenticated-read)/.test(acl)) yield { what: `acl::${acl}`, at: "acl", evidence: acl };
    for (const grant of blocksOf(block.body, "grant")) {
      const uri = textOf(grant, "uri", "grant.uri");
      if (uri === undefined || !EVERYONE.test(uri)) continue;
      yield { what: `grant::${uri}`, at: "grant", evidence: [uri, grant["permissions"] ?? null] };
    }
    for (const policy of blocksOf(block.body, "access_control_policy")) {
      for (const grant of blocksOf(policy, "grant", "access_control_policy.grant")) {
        for (const grantee of blocksOf(grant, "grantee", "access_control_policy.grant.grantee")) {
          const uri = textOf(grantee, "uri", "access_control_policy.grant.grantee.uri");
          if (uri === undefined || !EVERYONE.test(uri)) continue;
          yield { what: `grant::${uri}`, at: "access_control_policy", evidence: [uri, grant["permission"] ?? null] };
        }
      }
    }
  },
};

/** Groups of all people, and of all accounts of AWS */
const EVERYONE = /\/(?:AllUsers|AuthenticatedUsers)$/;
