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
import { erasuresEndpoint, restorationsEndpoint, revocationsEndpoint, revokedEndpoint } from "./operator-endpoints";
import type { Endpoint, Environment, ExchangeParts } from "./parts";
import { outboundEndpoint } from "./outbound-endpoint";
import { refusalsEndpoint } from "./refusals-endpoint";
import { refusedRequest } from "./refused-request";
import { revokeEndpoint } from "./revoke-endpoint";
import { runEndpoint } from "./run-endpoint";
import { callsEndpoint, stateEndpoint } from "./state-endpoint";
import { tokenEndpoint } from "./token-endpoint";

type Method = "GET" | "POST";
type Route = readonly [method: Method, path: string, endpoint: (parts: ExchangeParts) => Endpoint];

const ROUTES: readonly Route[] = [
  ["POST", "/token", tokenEndpoint],
  ["POST", "/runs", runEndpoint],
  ["POST", "/runs/answers", (parts) => messagesEndpoint(parts, "answer")],
  ["POST", "/runs/parts", (parts) => messagesEndpoint(parts, "part")],
  ["POST", "/runs/open", openRunsEndpoint],
  ["POST", "/introspect", introspectEndpoint],
  ["POST", "/revoke", revokeEndpoint],
  ["POST", "/aws/credentials", awsEndpoint],
  ["POST", "/approvals/list", (parts) => approvalsEndpoint(parts, "list")],
  ["POST", "/approvals/show", (parts) => approvalsEndpoint(parts, "show")],
  ["POST", "/approvals/decide", (parts) => approvalsEndpoint(parts, "decide")],
  ["POST", ACCESS_REQUESTS, (parts) => accessRequestEndpoint(parts, "submit")],
  ["GET", `${ACCESS_REQUESTS}/:task`, (parts) => accessRequestEndpoint(parts, "status")],
  ["POST", `${ACCESS_REQUESTS}/:task/cancel`, (parts) => accessRequestEndpoint(parts, "cancel")],
  ["POST", "/outbound", outboundEndpoint],
  ["POST", "/state/read", (parts) => stateEndpoint(parts, "read")],
  ["POST", "/state/spend", (parts) => stateEndpoint(parts, "spend")],
  ["POST", "/state/outcome", (parts) => stateEndpoint(parts, "outcome")],
  ["POST", "/state/outcomes", (parts) => stateEndpoint(parts, "outcomes")],
  ["POST", "/state/open", (parts) => stateEndpoint(parts, "open")],
  ["POST", "/state/calls", callsEndpoint],
  ["POST", "/refusals", refusalsEndpoint],
  ["POST", "/operator/revocations", revocationsEndpoint],
  ["GET", "/operator/revocations", revokedEndpoint],
  ["POST", "/operator/restorations", restorationsEndpoint],
  ["POST", "/operator/erasures", erasuresEndpoint],
  ["GET", "/.well-known/oauth-authorization-server", metadataEndpoint],
  ["GET", "/.well-known/authzen-configuration", authzenEndpoint],
  ["GET", "/jwks", jwksEndpoint],
  ["GET", "/live", () => liveEndpoint()],
  ["GET", "/ready", readyEndpoint],
];

/** Paths of the endpoints, each once */
const PATHS: ReadonlySet<string> = new Set(ROUTES.map(([, path]) => path));

/** Route of an address, with the names of its parameters; undefined if there is none */
export function routeOf(address: string): string | undefined {
  return PATHS.has(address) ? address : [...PATHS].find((path) => isOf(path, address));
}

/** The endpoints of docs/exchange.md, without any server. */
export function exchangeApp(parts: ExchangeParts): Hono<Environment> {
  const app = new Hono<Environment>();
  const methods = new Map<string, Method[]>();
  // One handler a path and method: Hono calls a single one without composing.
  for (const [method, path, endpoint] of ROUTES) {
    app.on(method, path, endpoint(parts));
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
