import { valuesOf } from "../../../../iam";
import { covers, grantsOf } from "../../grants";
import { MANAGED_POLICY_TYPES, managedPoliciesOf } from "../../managed-policies";
import { typesWith } from "../../policies";
import type { BlockRule } from "../../rule";

/** `aws login` gives credentials of the person's console session, which any program of theirs can use for 12 hours. */
export const humanSession: BlockRule = {
  id: "AMBIT-CREDENTIALS-HUMAN-SESSION",
  severity: "high",
  what: "no policy may allow sign-in sessions for local development",
  why: "an agent on the person's machine acts as the person, with all that the person may do, and no log tells them apart",
  fix: "leave out signin actions and SignInLocalDevelopmentAccess; agents become their own roles",
  standards: ["owasp-nhi/NHI10", "owasp-asi/ASI03", "sp800-53/IA-2"],
  looksAt: [...typesWith("identity"), ...MANAGED_POLICY_TYPES],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "identity")) {
      if (!SIGN_IN.some((action) => covers(statement, action))) continue;
      // A wildcard over all services is a finding of its own.
      if (valuesOf(statement.Action).includes("*") || statement.NotAction !== undefined) continue;
      yield { what: "signin", at, evidence };
    }
    for (const { at, name } of managedPoliciesOf(block, stack)) {
      if (name === "SignInLocalDevelopmentAccess") yield { what: name, at, evidence: name };
    }
  },
};

/** Source: AWS managed policy reference, SignInLocalDevelopmentAccess */
const SIGN_IN = ["signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"];
