import type { BlockRule } from "../../rule";
import { flagOf } from "../../value";

/** The classic flow asks for a role by sts:AssumeRoleWithWebIdentity, without the session policy that Cognito adds. */
export const guest: BlockRule = {
  id: "AMBIT-TRUST-GUEST",
  severity: "high",
  what: "an identity pool of Cognito must give roles to users who signed in, and by its own flow",
  why: "everyone on the internet gets credentials of the account, or a user chooses the role",
  fix: "leave allow_unauthenticated_identities and allow_classic_flow out",
  standards: ["owasp-nhi/NHI4", "owasp-nhi/NHI6", "sp800-53/AC-3", "sp800-53/AC-14"],
  looksAt: ["aws_cognito_identity_pool"],
  *check({ body }) {
    for (const name of ["allow_unauthenticated_identities", "allow_classic_flow"])
      if (flagOf(body, name) === true) yield { what: name, at: name, evidence: true };
  },
};
