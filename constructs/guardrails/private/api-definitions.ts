import type { Block } from "../block";
import type { Violation } from "../rule";
import type { StackJson } from "../stack";
import { isWholeReference } from "../config-texts";
import { type BlockBody, isObject, isReference, textOf, UndecidedValue } from "../value";
import { documentsIn } from "./documents";
import { encodedIn } from "./encoded";
import { openOperations } from "./open-api";
import { valuesAt } from "./values-at";

/** By type, where a check of tokens says for which audience or client they must be, and the block that has such a check */
const AUDIENCES: Readonly<Record<string, readonly (readonly [block: string, name: string])[]>> = {
  aws_apigatewayv2_authorizer: [["jwt_configuration", "audience"]],
  aws_appsync_api: [["event_config.auth_provider.openid_connect_config", "client_id"]],
  aws_appsync_graphql_api: [
    ["openid_connect_config", "client_id"],
    ["additional_authentication_provider.openid_connect_config", "client_id"],
  ],
};

/** Resources that take a description of an API */
const DESCRIBED = ["aws_api_gateway_rest_api", "aws_api_gateway_rest_api_put", "aws_apigatewayv2_api"];

/** Resources that make an API with its routes, or say what its tokens must be like */
export const DEFINITION_TYPES = [...DESCRIBED, ...Object.keys(AUDIENCES)];

/** What a definition of an API lets everyone, or everyone with a token of the same issuer, call */
export function* openIn(block: Block, stack: StackJson): Generator<UndecidedValue | Violation> {
  const { type, body } = block;
  for (const [path, name] of AUDIENCES[type] ?? []) yield* anyAudience(body, path, name);
  if (!DESCRIBED.includes(type)) return;
  // One argument makes a route for all requests, which has no authorizer.
  if (type === "aws_apigatewayv2_api" && (body["target"] ?? null) !== null)
    yield { what: "target", at: "target", evidence: body["target"] ?? null };
  for (const document of documentsOf(block, stack))
    for (const operation of openOperations(document))
      yield { what: `body::${operation}`, at: "body", evidence: operation };
}

function documentsOf(block: Block, stack: StackJson): readonly BlockBody[] {
  const written = block.body["body"] ?? null;
  if (typeof written !== "string") return [];
  const encoded = encodedIn(written);
  if (isObject(encoded)) return [encoded];
  const text = isWholeReference(written) ? stack.evaluate(block, "body") : written;
  if (text === undefined || isWholeReference(text))
    throw new UndecidedValue("body", written, "body is known at apply only");
  return documentsIn(text, "body");
}

function* anyAudience(body: BlockBody, path: string, name: string): Generator<UndecidedValue | Violation> {
  for (const check of valuesAt(body, path)) {
    if (check instanceof UndecidedValue) yield check;
    if (!isObject(check) || (check["issuer"] ?? null) === null) continue;
    const written = check[name] ?? [];
    const names = (Array.isArray(written) ? written : [written]).map((each) =>
      typeof each === "string" && isReference(each) ? each : (textOf({ each }, "each", `${path}.${name}`) ?? ""),
    );
    if (names.length === 0 || names.some((each) => /^\s*(?:\*|\^?\.[*+]\$?)?\s*$/.test(each)))
      yield { what: `${path}.${name}`, at: path, evidence: names };
  }
}

/** Whether a route is behind the first one of a WebSocket, which alone has an authorizer */
export function isBehindConnection({ type, body }: Block, stack: StackJson): boolean {
  if (type !== "aws_apigatewayv2_route" || body["route_key"] === "$connect") return false;
  return stack.referred(body["api_id"])?.block.body["protocol_type"] === "WEBSOCKET";
}
