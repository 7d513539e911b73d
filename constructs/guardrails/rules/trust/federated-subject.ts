import { valuesOf } from "../../../../iam";
import { isNarrowedBy } from "../../conditions";
import { grantsOf } from "../../grants";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** The keys of the condition are the issuer's, such as `oidc.acme.example:sub`; a SAML provider has `SAML:aud`. */
export const federatedSubject: BlockRule = {
  id: "AMBIT-TRUST-FEDERATED",
  severity: "critical",
  what: "a role that a token opens must name the token's audience and subject",
  why: "every token of that issuer opens the role: on GitHub, those of all repositories of the world",
  fix: "test aud and sub of the issuer by StringEquals",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3", "owasp-nhi/NHI6", "sp800-53/IA-9"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      if (!valuesOf(statement.Action).some((action) => /^(?:sts:Assume|sts:\*|\*)/i.test(action))) continue;
      for (const { type, value } of principalsOf(statement)) {
        if (type !== "Federated" || value === "*") continue;
        for (const claim of claimsOf(value)) {
          if (isNarrowedBy(statement, keyOf(value, claim))) continue;
          yield { what: `${claim}::${value}`, at: `${at}.Condition`, evidence };
        }
      }
    }
  },
};

function claimsOf(provider: string): readonly string[] {
  // A pool of Cognito has its users' identities, which differ by amr alone.
  if (provider.includes(":saml-provider/") || provider === "cognito-identity.amazonaws.com") return ["aud"];
  return ["aud", "sub"];
}

/** The issuer stands in the provider's ARN; where that is known at apply, its key is one that ends so. */
function keyOf(provider: string, claim: string): RegExp {
  if (provider.includes(":saml-provider/")) return /^SAML:aud$/i;
  const issuer = /:oidc-provider\/([^$]+)$/.exec(provider)?.[1] ?? (provider.includes("$") ? undefined : provider);
  if (issuer === undefined) return new RegExp(`:${claim}$`, "i");
  return new RegExp(`^${issuer.replace(/[.+?^()[\]{}|\\]/g, "\\$&")}:${claim}$`, "i");
}
