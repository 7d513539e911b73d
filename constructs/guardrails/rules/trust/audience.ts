import type { BlockRule } from "../../rule";
import { textsOf } from "../../value";

/** Each audience of the provider opens the roles whose trust tests none of its own. */
export const audience: BlockRule = {
  id: "AMBIT-TRUST-AUDIENCE",
  severity: "medium",
  what: "an OIDC provider of an account must take tokens for STS alone",
  why: "a service that gets a token for itself passes it on to STS, and becomes the role of the token's subject",
  fix: "write sts.amazonaws.com in client_id_list, and ask the issuer for tokens with this audience",
  standards: ["owasp-nhi/NHI4", "owasp-asi/ASI03", "owasp-mcp/MCP01", "sp800-53/IA-9"],
  looksAt: ["aws_iam_openid_connect_provider"],
  *check({ body }) {
    const at = "client_id_list";
    for (const each of textsOf(body, at))
      if (!/^sts\.amazonaws\.com(?:\.cn)?$/.test(each)) yield { what: `${at}::${each}`, at, evidence: each };
  },
};
