import { HANDLE_MEMBER } from "../shown-handles";
import {
  answeredHeaders,
  framing,
  HOP_BY_HOP,
  isFraming,
  lower,
  namedByConnection,
  type Pair,
  pairsOf,
  plainName,
  type RawHeaders,
} from "../tools/headers";

/** Evidence, headers that the companion sets, and headers that some servers take for another method or path */
const NOT_THE_CALLERS = new Set([
  "authorization",
  "baggage",
  "expect",
  "forwarded",
  "host",
  "true-client-ip",
  "x-real-ip",
  "traceparent",
  "tracestate",
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-rewrite-url",
]);
const NOT_THE_CALLERS_FAMILIES = ["ambit-", "proxy-", "x-ambit-", "x-envoy-", "x-forwarded-", "x-original-"];
/** Of the host as a whole, or of connections to it */
const NOT_THE_AGENTS = new Set(["alt-svc", "clear-site-data", "set-cookie2"]);
/** By X-Envoy- headers Envoy would take orders from an agent. */
const NOT_THE_AGENTS_FAMILIES = ["ambit-", "x-ambit-", "x-envoy-"];

export interface HeadersToAgent {
  readonly method: string;
  readonly raw: RawHeaders;
  /** That the caller asked */
  readonly host: string;
  readonly handle: string;
  /** By which the agent tells sessions apart */
  readonly session: string;
  readonly traceparent: string;
}

/** What the agent gets: the caller's headers without evidence, and the handle of its run */
export function headersToAgent({ method, raw, host, handle, session, traceparent }: HeadersToAgent): string[] {
  const named = namedByConnection(raw);
  const kept = pairsOf(raw).filter(([name]) => !isFraming(name) && !named.has(lower(name)) && isTheCallers(name));
  const ours: readonly Pair[] = [
    ["x-forwarded-host", host],
    ["x-forwarded-proto", "https"],
    ["ambit-run", handle],
    ["ambit-session", session],
    ["baggage", `${HANDLE_MEMBER}=${handle}`],
    ["traceparent", traceparent],
  ];
  return [["host", host], ...kept, ...framing(method, raw), ...ours].flat();
}

/** So that what comes can be read here */
export function withoutCodings(raw: RawHeaders): RawHeaders {
  return pairsOf(raw)
    .filter(([name]) => plainName(name) !== "accept-encoding")
    .flat();
}

/** Of a body that is sent as a whole, and not as it came */
export function withLength(raw: RawHeaders, bytes: number): RawHeaders {
  const others = pairsOf(raw).filter(([name]) => !isFraming(name));
  return [...others, ["content-length", `${bytes}`] as const].flat();
}

/** What the caller is answered: the agent's headers, and by what it joins the run */
export function headersToCaller(raw: RawHeaders, reference: string): string[] {
  const kept = pairsOf(answeredHeaders(raw)).filter(([name]) => isTheAgents(name));
  return [...kept.map(ofThisHost), ["ambit-run", reference]].flat();
}

/** A cookie of an agent is of its own host: others are below the same domain. */
function ofThisHost([name, value]: Pair): Pair {
  return plainName(name) === "set-cookie" ? [name, value.replace(/;\s*domain\s*=[^;]*/gi, "")] : [name, value];
}

function isTheAgents(name: string): boolean {
  return !NOT_THE_AGENTS.has(plainName(name)) && !isOf(NOT_THE_AGENTS_FAMILIES, name);
}

function isTheCallers(name: string): boolean {
  const plain = plainName(name);
  return !HOP_BY_HOP.has(plain) && !NOT_THE_CALLERS.has(plain) && !isOf(NOT_THE_CALLERS_FAMILIES, name);
}

function isOf(families: readonly string[], name: string): boolean {
  return families.some((family) => plainName(name).startsWith(family));
}
