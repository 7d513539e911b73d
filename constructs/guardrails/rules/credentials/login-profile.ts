import type { BlockRule } from "../../rule";

/** A password of a user is made by Terraform, which keeps it in its state unless it is encrypted for a person. */
export const loginProfile: BlockRule = {
  id: "AMBIT-CREDENTIALS-LOGIN-PROFILE",
  severity: "critical",
  what: "no IAM user may get a password for the console",
  why: "a password has no end, and someone who learns it is the user, without the organisation's sign-in",
  fix: "let people sign in by IAM Identity Center, and workloads by a role",
  standards: ["owasp-nhi/NHI7", "owasp-nhi/NHI10", "owasp-asi/ASI03", "sp800-53/IA-2", "sp800-53/IA-5"],
  looksAt: ["aws_iam_user_login_profile"],
  *check({ body }) {
    yield { what: "aws_iam_user_login_profile", at: "user", evidence: body["user"] ?? null };
  },
};
