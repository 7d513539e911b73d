import type { BlockRule } from "../../rule";
import { textOf } from "../../value";

/** Methods and routes of API Gateway. `OPTIONS`, which browsers ask first, has no authorization. */
export const apiAuthorizer: BlockRule = {
  id: "AMBIT-NETWORK-API-AUTHORIZER",
  severity: "high",
  what: "each route of an API must authorize its callers",
  why: "everyone on the internet calls what is behind the route",
  fix: "set an authorizer, or AWS_IAM",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI4", "owasp-mcp/MCP07", "sp800-53/AC-3"],
  looksAt: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
  *check(block) {
    const [attribute, method] =
      block.type === "aws_api_gateway_method"
        ? (["authorization", block.body["http_method"]] as const)
        : (["authorization_type", block.body["route_key"]] as const);
    if (typeof method === "string" && /^OPTIONS\b/.test(method)) return;
    const authorization = textOf(block.body, attribute) ?? "NONE";
    if (authorization === "NONE") yield { what: attribute, at: attribute, evidence: [method ?? null, authorization] };
  },
};
