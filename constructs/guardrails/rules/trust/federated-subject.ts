import { valuesOf } from "../../../../iam";
import { isNarrowedBy } from "../../conditions";
import { grantsOf, matches } from "../../grants";
import { principalsOf } from "../../principals";
import type { BlockRule } from "../../rule";

/** The keys of the condition are the issuer's, such as `oidc.acme.example:sub`; a SAML provider has `SAML:aud`, and a pool of Cognito also gives tokens to guests, who differ by `amr`. */
export const federatedSubject: BlockRule = {
  id: "AMBIT-TRUST-FEDERATED",
  severity: "critical",
  what: "a role that a token opens must name the token's audience and subject, or who signed in",
  why: "every token of that issuer opens the role: on GitHub, those of all repositories of the world",
  fix: "test aud and sub of the issuer by StringEquals; of a pool of Cognito aud and, by ForAnyValue:StringLike, amr authenticated",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "sp800-53/AC-3", "owasp-nhi/NHI6", "sp800-53/IA-9"],
  looksAt: ["aws_iam_role"],
  *check(block, stack) {
    for (const { at, statement, evidence } of grantsOf(block, stack, "trust")) {
      if (!valuesOf(statement.Action).some((action) => /^(?:sts:Assume|sts:\*|\*)/i.test(action))) continue;
      for (const { type, value } of principalsOf(statement)) {
        if (type !== "Federated" || value === "*") continue;
        for (const claim of claimsOf(value)) {
          if (isNarrowedBy(statement, keyOf(value, claim), TOO_WIDE[claim])) continue;
          yield { what: `${claim}::${value}`, at: `${at}.Condition`, evidence };
        }
      }
    }
  },
};

type Claim = "amr" | "aud" | "sub";

/** A pool of Cognito, in each partition of AWS */
const POOL = /^cognito-identity(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$/;

function claimsOf(provider: string): readonly Claim[] {
  if (provider.includes(":saml-provider/")) return ["aud"];
  // A pool has its users' identities, and by amr those who signed in.
  return POOL.test(provider) ? ["aud", "amr"] : ["aud", "sub"];
}

/** Values of a claim that narrow nothing: other audiences, and guests. A subject with a wildcard is a finding of its own. */
const TOO_WIDE: Readonly<Record<Claim, Pick<RegExp, "test"> | undefined>> = {
  amr: { test: (value) => matches(value, "unauthenticated") },
  aud: /[*?]|^$/,
  sub: undefined,
};

/** The issuer stands in the provider's ARN; where that is known at apply, its key is one that ends so. */
function keyOf(provider: string, claim: Claim): RegExp {
  if (provider.includes(":saml-provider/")) return /^SAML:aud$/i;
  const issuer = /:oidc-provider\/([^$]+)$/.exec(provider)?.[1] ?? (provider.includes("$") ? undefined : provider);
  if (issuer === undefined) return new RegExp(`:${claim}$`, "i");
  return new RegExp(`^${issuer.replace(/[.+?^()[\]{}|\\]/g, "\\$&")}:${claim}$`, "i");
}
