import { Hono } from "hono";
import { ACCESS_REQUESTS } from "../access-requests/shown-task";
import { accessRequestEndpoint } from "./access-request-endpoint";
import { json } from "./answer";
import { approvalsEndpoint } from "./approvals-endpoint";
import { awsEndpoint } from "./aws-endpoint";
import { introspectEndpoint } from "./introspect-endpoint";
import { authzenEndpoint, jwksEndpoint, metadataEndpoint } from "./documents";
import { liveEndpoint, readyEndpoint } from "./health";
import { messagesEndpoint, openRunsEndpoint } from "./messages-endpoint";
import { restorationsEndpoint, revocationsEndpoint, revokedEndpoint } from "./operator-endpoints";
import type { Endpoint, Environment, ExchangeParts } from "./parts";
import { outboundEndpoint } from "./outbound-endpoint";
import { refusalsEndpoint } from "./refusals-endpoint";
import { refusedRequest } from "./refused-request";
import { revokeEndpoint } from "./revoke-endpoint";
import { runEndpoint } from "./run-endpoint";
import { callsEndpoint, stateEndpoint } from "./state-endpoint";
import { tokenEndpoint } from "./token-endpoint";

type Method = "GET" | "POST";
type Route = readonly [method: Method, path: string, endpoint: Endpoint];

function routes(parts: ExchangeParts): readonly Route[] {
  return [
    ["POST", "/token", tokenEndpoint(parts)],
    ["POST", "/runs", runEndpoint(parts)],
    ["POST", "/runs/answers", messagesEndpoint(parts, "answer")],
    ["POST", "/runs/parts", messagesEndpoint(parts, "part")],
    ["POST", "/runs/open", openRunsEndpoint(parts)],
    ["POST", "/introspect", introspectEndpoint(parts)],
    ["POST", "/revoke", revokeEndpoint(parts)],
    ["POST", "/aws/credentials", awsEndpoint(parts)],
    ["POST", "/approvals/list", approvalsEndpoint(parts, "list")],
    ["POST", "/approvals/show", approvalsEndpoint(parts, "show")],
    ["POST", "/approvals/decide", approvalsEndpoint(parts, "decide")],
    ["POST", ACCESS_REQUESTS, accessRequestEndpoint(parts, "submit")],
    ["GET", `${ACCESS_REQUESTS}/:task`, accessRequestEndpoint(parts, "status")],
    ["POST", `${ACCESS_REQUESTS}/:task/cancel`, accessRequestEndpoint(parts, "cancel")],
    ["POST", "/outbound", outboundEndpoint(parts)],
    ["POST", "/state/read", stateEndpoint(parts, "read")],
    ["POST", "/state/spend", stateEndpoint(parts, "spend")],
    ["POST", "/state/outcome", stateEndpoint(parts, "outcome")],
    ["POST", "/state/outcomes", stateEndpoint(parts, "outcomes")],
    ["POST", "/state/open", stateEndpoint(parts, "open")],
    ["POST", "/state/calls", callsEndpoint(parts)],
    ["POST", "/refusals", refusalsEndpoint(parts)],
    ["POST", "/operator/revocations", revocationsEndpoint(parts)],
    ["GET", "/operator/revocations", revokedEndpoint(parts)],
    ["POST", "/operator/restorations", restorationsEndpoint(parts)],
    ["GET", "/.well-known/oauth-authorization-server", metadataEndpoint(parts)],
    ["GET", "/.well-known/authzen-configuration", authzenEndpoint(parts)],
    ["GET", "/jwks", jwksEndpoint(parts)],
    ["GET", "/live", liveEndpoint()],
    ["GET", "/ready", readyEndpoint(parts)],
  ];
}

/** The endpoints of docs/exchange.md, without any server. */
export function exchangeApp(parts: ExchangeParts): Hono<Environment> {
  const app = new Hono<Environment>();
  const methods = new Map<string, Method[]>();
  // One handler a path and method: Hono calls a single one without composing.
  for (const [method, path, endpoint] of routes(parts)) {
    app.on(method, path, endpoint);
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  app.notFound(({ req }) => {
    const [, served] = [...methods].find(([path]) => isOf(path, req.path)) ?? [];
    return served === undefined ? problem(404, "there is no such endpoint") : wrongMethod(served);
  });
  app.onError((error, { req }) => refusedRequest(error, { path: req.path }, parts.log));
  return app;
}

/** Whether an address is of a path with parameters, such as `/a/:b` */
function isOf(path: string, address: string): boolean {
  const [parts, named] = [path.split("/"), address.split("/")];
  return parts.length === named.length && parts.every((part, at) => part.startsWith(":") || part === named[at]);
}

function wrongMethod(served: readonly Method[]): Response {
  const answer = problem(405, `only ${served.join(" and ")} is served here`);
  answer.headers.set("allow", served.map((method) => (method === "GET" ? "GET, HEAD" : method)).join(", "));
  return answer;
}

function problem(status: number, description: string): Response {
  return json({ error: "invalid_request", error_description: description }, undefined, status);
}
