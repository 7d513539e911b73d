import type { BlockRule } from "../../rule";

/** An access key has no end, and its secret stands in Terraform's state. */
export const accessKey: BlockRule = {
  id: "AMBIT-CREDENTIALS-ACCESS-KEY",
  severity: "critical",
  what: "no access key of an IAM user may be made",
  why: "the key works from anywhere until it is deleted, and everyone who reads Terraform's state has its secret",
  fix: "give the workload a role, which it becomes by its SVID",
  standards: ["owasp-nhi/NHI7", "owasp-nhi/NHI2", "owasp-asi/ASI03", "sp800-53/IA-5"],
  looksAt: ["aws_iam_access_key"],
  *check({ body }) {
    const user = body["user"] ?? null;
    yield { what: "aws_iam_access_key", at: "user", evidence: user };
  },
};
