import type { Block } from "../../block";
import { DEFINITION_TYPES, isBehindConnection, openIn } from "../../private/api-definitions";
import { isComponentRole } from "../../private/component-roles";
import { componentNamed } from "../../private/component-trusts";
import { valuesAt } from "../../private/values-at";
import type { BlockRule, Violation } from "../../rule";
import type { StackJson } from "../../stack";
import { isReference, textOf, UndecidedValue } from "../../value";

/** By type, where an API of AppSync says how its callers are known */
const OF_APPSYNC: Readonly<Record<string, readonly string[]>> = {
  aws_appsync_api: ["event_config.auth_provider.auth_type"],
  aws_appsync_graphql_api: ["authentication_type", "additional_authentication_provider.authentication_type"],
};

/** Methods and routes of API Gateway, and APIs of AppSync. `OPTIONS`, which browsers ask first, has no authorization; functions of Ambit's own components check each caller themselves. */
export const apiAuthorizer: BlockRule = {
  id: "AMBIT-NETWORK-API-AUTHORIZER",
  severity: "high",
  what: "each route of an API must authorize its callers, by tokens that are meant for it",
  why: "everyone on the internet, or each owner of a key that all clients share, calls what is behind the route",
  fix: "set an authorizer with an audience, or AWS_IAM, and no API_KEY",
  standards: ["sp800-53/SC-7", "maestro/L4", "owasp-nhi/NHI4", "owasp-mcp/MCP07", "sp800-53/AC-3"],
  looksAt: [
    "aws_api_gateway_method",
    "aws_apigatewayv2_route",
    ...new Set([...Object.keys(OF_APPSYNC), ...DEFINITION_TYPES]),
  ],
  *check(block, stack) {
    if (block.type in OF_APPSYNC) yield* keysOf(block);
    if (DEFINITION_TYPES.includes(block.type)) return yield* openIn(block, stack);
    const [attribute, method] =
      block.type === "aws_api_gateway_method"
        ? (["authorization", block.body["http_method"]] as const)
        : (["authorization_type", block.body["route_key"]] as const);
    if (typeof method === "string" && /^OPTIONS\b/.test(method)) return;
    const authorization = textOf(block.body, attribute) ?? "NONE";
    if (authorization !== "NONE" || isAmbits(block, stack) || isBehindConnection(block, stack)) return;
    yield { what: attribute, at: attribute, evidence: [method ?? null, authorization] };
  },
};

/** A key of AppSync is in each client, and says of none which one it is. */
function* keysOf({ type, body }: Block): Generator<UndecidedValue | Violation> {
  for (const at of OF_APPSYNC[type] ?? []) {
    for (const value of valuesAt(body, at)) {
      if (value instanceof UndecidedValue) yield value;
      else if (typeof value !== "string" || isReference(value))
        yield new UndecidedValue(at, value, `${at} is known at apply only`);
      else if (value === "API_KEY") yield { what: at, at, evidence: value };
    }
  }
}

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
