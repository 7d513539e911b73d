import type { Block } from "../../block";
import { isComponentRole } from "../../private/component-roles";
import { componentNamed } from "../../private/component-trusts";
import type { BlockRule } from "../../rule";
import type { StackJson } from "../../stack";
import { textOf } from "../../value";

/** Methods and routes of API Gateway. `OPTIONS`, which browsers ask first, has no authorization; functions of Ambit's own components check each caller themselves. */
export const apiAuthorizer: BlockRule = {
  id: "AMBIT-NETWORK-API-AUTHORIZER",
  severity: "high",
  what: "each route of an API must authorize its callers",
  why: "everyone on the internet calls what is behind the route",
  fix: "set an authorizer, or AWS_IAM",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI4", "owasp-mcp/MCP07", "sp800-53/AC-3"],
  looksAt: ["aws_api_gateway_method", "aws_apigatewayv2_route"],
  *check(block, stack) {
    const [attribute, method] =
      block.type === "aws_api_gateway_method"
        ? (["authorization", block.body["http_method"]] as const)
        : (["authorization_type", block.body["route_key"]] as const);
    if (typeof method === "string" && /^OPTIONS\b/.test(method)) return;
    const authorization = textOf(block.body, attribute) ?? "NONE";
    if (authorization !== "NONE" || isAmbits(block, stack)) return;
    yield { what: attribute, at: attribute, evidence: [method ?? null, authorization] };
  },
};

/** Whether the route's function is the one that a role of Ambit's own components is for: both have one name, which is unique in the account. */
function isAmbits({ body }: Block, stack: StackJson): boolean {
  const target = body["target"];
  const integration = typeof target === "string" ? stack.referred(target.replace(/^integrations\//, "")) : undefined;
  const code = stack.referred(integration?.block.body["integration_uri"])?.block;
  const { role, function_name: name } = code?.body ?? {};
  const named = typeof role === "string" ? ROLE_ARN.exec(role)?.[1] : undefined;
  const own = stack.referred(role)?.block ?? stack.of("aws_iam_role").find((each) => each.body["name"] === named);
  if (own !== undefined) return own.body["name"] === name && isComponentRole(own, stack);
  return named === name && componentNamed(name) === "exchange";
}

const ROLE_ARN = /^arn:[^:]+:iam::\d+:role\/ambit\/platform\/([^/]+)$/;
