import { type BlockBody, isObject, listOf } from "../value";

/** `OPTIONS` is what browsers ask first, without a token. */
const METHODS = new Set(["delete", "get", "head", "patch", "post", "put", "trace", "x-amazon-apigateway-any-method"]);

/**
 * The operations that a description of OpenAPI lets everyone call at API Gateway, such as `post /tickets`: a scheme alone authorizes no
 * one there, and neither does an API key.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
 */
export function openOperations(document: BlockBody): readonly string[] {
  const components = isObject(document["components"]) ? document["components"]["securitySchemes"] : undefined;
  const written = components ?? document["securityDefinitions"];
  const schemes = isObject(written) ? written : {};
  return Object.entries(isObject(document["paths"]) ? document["paths"] : {}).flatMap(([path, methods]) =>
    Object.entries(isObject(methods) ? methods : {}).flatMap(([method, operation]) =>
      METHODS.has(method) && isObject(operation) && !isAuthorized(operation, document["security"], schemes)
        ? [`${method} ${path}`]
        : [],
    ),
  );
}

/** One of the requirements is enough for a caller. */
function isAuthorized(operation: BlockBody, common: unknown, schemes: BlockBody): boolean {
  const auth = operation["x-amazon-apigateway-auth"];
  if (isObject(auth) && typeof auth["type"] === "string" && auth["type"].toUpperCase() !== "NONE") return true;
  const security = operation["security"] ?? common;
  const requirements = Array.isArray(security) ? listOf(security) : [];
  return (
    requirements.length > 0 &&
    requirements.every((each) => isObject(each) && Object.keys(each).some((name) => authorizes(schemes[name])))
  );
}

function authorizes(scheme: unknown): boolean {
  return (
    isObject(scheme) &&
    ["x-amazon-apigateway-authorizer", "x-amazon-apigateway-authtype"].some((name) => (scheme[name] ?? null) !== null)
  );
}

/** The addresses of the servers in a description, wherever they stand, with each value of their variables */
export function* serversIn(document: unknown): Generator<string> {
  if (Array.isArray(document)) for (const each of document as readonly unknown[]) yield* serversIn(each);
  if (!isObject(document)) return;
  for (const server of listOf(document["servers"]).filter(isObject)) yield* addressesOf(server);
  for (const each of Object.values(document)) if (typeof each === "object") yield* serversIn(each);
}

function* addressesOf({ url, variables }: BlockBody): Generator<string> {
  if (typeof url !== "string") return;
  const [, scheme = ""] = /^\{([^{}]*)\}/.exec(url) ?? [];
  const variable = isObject(variables) ? variables[scheme] : undefined;
  yield url;
  if (!isObject(variable)) return;
  for (const value of [...listOf(variable["default"]), ...listOf(variable["enum"])])
    yield url.replace(`{${scheme}}`, String(value));
}
