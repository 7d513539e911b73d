import type { BlockRule } from "../../rule";
import { blocksOf, textOf, textsOf } from "../../value";

/** `NONE` and `AUTHENTICATE_ONLY`; and a token's check that names neither audience nor client. */
export const gatewayAuthorizer: BlockRule = {
  id: "AMBIT-AGENTCORE-GATEWAY-AUTHORIZER",
  severity: "critical",
  what: "an AgentCore gateway must authorize its callers",
  why: "everyone, or everyone with a token of the issuer for any other service, calls the tools behind it",
  fix: "set authorizer_type to AWS_IAM, or to CUSTOM_JWT with allowed_audience",
  standards: ["owasp-asi/ASI02", "owasp-mcp/MCP07", "maestro/L3", "owasp-nhi/NHI4", "sp800-53/AC-3"],
  looksAt: ["aws_bedrockagentcore_gateway"],
  *check({ body }) {
    const type = textOf(body, "authorizer_type") ?? null;
    if (type === "AWS_IAM") return;
    if (type !== "CUSTOM_JWT") {
      yield { what: "authorizer_type", at: "authorizer_type", evidence: type };
      return;
    }
    const checks = blocksOf(body, "authorizer_configuration").flatMap((each) =>
      blocksOf(each, "custom_jwt_authorizer"),
    );
    const named = checks.flatMap((each) =>
      ["allowed_audience", "allowed_clients"].flatMap((name) => textsOf(each, name)),
    );
    if (named.length === 0) yield { what: "allowed_audience", at: "authorizer_configuration", evidence: type };
  },
};
