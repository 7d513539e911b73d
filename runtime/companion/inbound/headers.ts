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

/** Evidence, and what is said anew here */
const NOT_THE_CALLERS = new Set([
  "authorization",
  "baggage",
  "expect",
  "forwarded",
  "host",
  "traceparent",
  "tracestate",
]);
const NOT_THE_CALLERS_FAMILIES = ["ambit-", "proxy-", "x-ambit-", "x-envoy-", "x-forwarded-"];
/** By X-Envoy- headers Envoy would take orders from an agent. */
const NOT_THE_AGENTS_FAMILIES = ["ambit-", "x-ambit-", "x-envoy-"];

export interface HeadersToAgent {
  readonly method: string;
  readonly raw: RawHeaders;
  /** That the caller asked */
  readonly host: string;
  readonly handle: string;
  readonly traceparent: string;
}

/** What the agent gets: the caller's headers without evidence, and the handle of its run */
export function headersToAgent({ method, raw, host, handle, traceparent }: HeadersToAgent): string[] {
  const named = namedByConnection(raw);
  const kept = pairsOf(raw).filter(([name]) => !isFraming(name) && !named.has(lower(name)) && isTheCallers(name));
  const ours: readonly Pair[] = [
    ["x-forwarded-host", host],
    ["x-forwarded-proto", "https"],
    ["ambit-run", handle],
    ["baggage", `${HANDLE_MEMBER}=${handle}`],
    ["traceparent", traceparent],
  ];
  return [["host", host], ...kept, ...framing(method, raw), ...ours].flat();
}

/** What the caller is answered: the agent's headers, and by what it joins the run */
export function headersToCaller(raw: RawHeaders, reference: string): string[] {
  const kept = pairsOf(answeredHeaders(raw)).filter(([name]) => !isOf(NOT_THE_AGENTS_FAMILIES, name));
  return [...kept, ["ambit-run", reference]].flat();
}

function isTheCallers(name: string): boolean {
  const plain = plainName(name);
  return !HOP_BY_HOP.has(plain) && !NOT_THE_CALLERS.has(plain) && !isOf(NOT_THE_CALLERS_FAMILIES, name);
}

function isOf(families: readonly string[], name: string): boolean {
  return families.some((family) => plainName(name).startsWith(family));
}
