import { TRACE_HEADER } from "../../../domain/telemetry-names";
import { withoutHandle } from "../shown-handles";
import type { Delegate } from "./address";

/** Names and values in turn, as Node has them in `rawHeaders` */
export type RawHeaders = readonly string[];
export type Pair = readonly [name: string, value: string];

/** Of one connection alone: RFC 9110 section 7.6.1, and those that older texts have besides */
export const HOP_BY_HOP = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);
/** Certificate and token alone say who the agent is and where it calls from. */
const NOT_THE_AGENTS = new Set(["authorization", "cookie", "expect", "forwarded", "host", "x-api-key"]);
const NOT_THE_AGENTS_FAMILIES = ["ambit-", "proxy-", "x-ambit-", "x-envoy-", "x-forwarded-"];
/** By which an agent joins a run of its delegate's: what it calls for itself is named by `Ambit-Run`. */
const JOIN_HEADER = "ambit-join";
/** constructs/gateway/private/envoy-limits.ts */
const MOST_WHOLE_BYTES = 1_048_576;
const WITHOUT_BODY = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "TRACE"]);

export interface SentHeaders {
  readonly method: string;
  readonly raw: RawHeaders;
  /** `<host>:<port>` of the gateway */
  readonly host: string;
  /** Undefined if nothing is started or called */
  readonly accessToken: string | undefined;
  /** Undefined for a tool */
  readonly delegate?: Delegate | undefined;
  /** Reference of the delegate's run that a follow-up of A2A belongs to, which is not the agent's to say */
  readonly joins?: string | undefined;
  /** Trace context that the gateway continues; undefined without tracing */
  readonly trace?: string | undefined;
}

/** What the gateway is sent: the client's headers without those that are not its to set, and our own */
export function sentHeaders({ method, raw, host, accessToken, delegate, joins, trace }: SentHeaders): string[] {
  const named = namedByConnection(raw);
  const kept = pairsOf(raw)
    .filter(([name]) => !isFraming(name) && !named.has(lower(name)) && isTheAgents(name))
    .flatMap(withoutHandles);
  const shown: readonly Pair[] = accessToken === undefined ? [] : [["authorization", `Bearer ${accessToken}`]];
  const traced: readonly Pair[] = trace === undefined ? [] : [[TRACE_HEADER, trace]];
  const own = [...handingOn(raw, delegate, joins), ...shown, ...traced];
  return [["host", host], ...kept, ...framing(method, raw), ...own].flat();
}

/** docs/ways-in.md, "What a caller sends" */
function handingOn(raw: RawHeaders, delegate: Delegate | undefined, joins: string | undefined): readonly Pair[] {
  if (delegate === undefined) return [];
  const { task, base, isCard } = delegate;
  const [host = ""] = valuesOf(raw, "host");
  if (isCard)
    return [
      ["ambit-task", task],
      ["ambit-base", `http://${host}${base}`],
    ];
  const said = valuesOf(raw, JOIN_HEADER);
  const joined = joins === undefined || said.length > 0 ? said : [joins];
  const references = joined.map((reference): Pair => ["ambit-run", reference]);
  const shown: readonly Pair[] = isWhole(raw) ? [] : [["ambit-body", "parts"]];
  return [["ambit-start", "delegation"], ["ambit-task", task], ...shown, ...references];
}

/** Whether the gateway can read the body before it goes on, as it does where someone decides on what is handed on */
function isWhole(raw: RawHeaders): boolean {
  return !isChunked(raw) && valuesOf(raw, "content-length").every((length) => Number(length) <= MOST_WHOLE_BYTES);
}

/** What the client is answered: the gateway's headers without those of its connection */
export function answeredHeaders(raw: RawHeaders): string[] {
  const named = namedByConnection(raw);
  return pairsOf(raw)
    .filter(([name]) => !HOP_BY_HOP.has(lower(name)) && (lower(name) === "content-length" || !named.has(lower(name))))
    .flat();
}

/** Every value of a header, in their order */
export function valuesOf(raw: RawHeaders, wanted: string): readonly string[] {
  const found: string[] = [];
  // Of each request, many are looked for: pairs of all would be made each time.
  for (let place = 0; place < raw.length; place += 2) {
    if (lower(raw[place] as string) === wanted) found.push(raw[place + 1] ?? "");
  }
  return found;
}

/** Whether the request says that a body follows */
export function hasBody(raw: RawHeaders): boolean {
  return isChunked(raw) || valuesOf(raw, "content-length").some((length) => Number(length) !== 0);
}

/** Whether a body must be decoded before it can be read (RFC 9110 section 8.4) */
export function isCoded(raw: RawHeaders): boolean {
  return valuesOf(raw, "content-encoding").some((coding) => coding.trim().toLowerCase() !== "identity");
}

export function isChunked(raw: RawHeaders): boolean {
  return valuesOf(raw, "transfer-encoding").length > 0;
}

/** The body is sent on as it came: by the length that was told, or chunk by chunk. */
export function framing(method: string, raw: RawHeaders): readonly Pair[] {
  if (isChunked(raw)) return [["transfer-encoding", "chunked"]];
  const [length] = valuesOf(raw, "content-length");
  if (length !== undefined) return [["content-length", length]];
  // Node would announce chunks.
  return WITHOUT_BODY.has(method) ? [] : [["content-length", "0"]];
}

export function isFraming(name: string): boolean {
  return ["content-length", "transfer-encoding"].includes(lower(name));
}

/** By a handle the gateway, and what is behind it, could name the agent's run. */
function withoutHandles([name, value]: Pair): readonly Pair[] {
  if (lower(name) !== "baggage") return [[name, value]];
  const left = withoutHandle(value);
  return left === undefined ? [] : [[name, left]];
}

/** Some servers read an underscore as a hyphen. */
export function plainName(name: string): string {
  return lower(name).replaceAll("_", "-");
}

function isTheAgents(name: string): boolean {
  const plain = plainName(name);
  if (HOP_BY_HOP.has(plain) || NOT_THE_AGENTS.has(plain)) return false;
  return !NOT_THE_AGENTS_FAMILIES.some((family) => plain.startsWith(family));
}

export function namedByConnection(raw: RawHeaders): ReadonlySet<string> {
  const names = valuesOf(raw, "connection").flatMap((value) => value.split(","));
  return new Set(names.map((name) => lower(name.trim())));
}

export function pairsOf(raw: RawHeaders): readonly Pair[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}

export function lower(name: string): string {
  return name.toLowerCase();
}
