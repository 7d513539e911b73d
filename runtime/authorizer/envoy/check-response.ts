import type { ReasonCode } from "../../../domain";
import type { Allowed } from "../call/spent-calls";
import type { Denial, RpcAnswer } from "../denial";
import type { Admitted } from "../ways/ways-in";
import { CALL_KEY } from "./call-id";
import type { CheckResponse, HeaderOption, RefusalAnswer } from "./protocol";

/** Where Envoy's configuration looks for the address to connect to */
export const ADDRESS_KEY = "ambit.address";
/** And for the SPIFFE ID of an agent that is connected to */
export const PEER_KEY = "ambit.peer";

/** Only on what the gateway refuses by itself: Envoy takes it out of what tools answer. */
const DECISION_HEADER = "x-ambit-decision";

const OUT_OF_SCOPE = "token.out-of-scope" satisfies ReasonCode;
const OVERWRITE = 2;
const OK = 0;
const PERMISSION_DENIED = 7;
const RETRY_AFTER_SECONDS = 2;

const STATUS: Readonly<Record<string, number>> = {
  invalid_request: 400,
  invalid_token: 401,
  access_denied: 403,
  temporarily_unavailable: 503,
};

/**
 * The request goes to the pod at this address, if that presents this SPIFFE ID.
 *
 * @param call id under which the outcome of work handed on is reported later
 */
export function admittedResponse(
  { set, remove, address, peer, call: handedOn }: Admitted,
  call: string,
): CheckResponse {
  const told = handedOn === undefined ? {} : { [CALL_KEY]: { stringValue: call } };
  return {
    status: { code: OK },
    ok_response: {
      headers: Object.entries(set).map(([name, value]) => header(name, value)),
      headers_to_remove: remove,
    },
    dynamic_metadata: {
      fields: { ...told, [ADDRESS_KEY]: { stringValue: address }, [PEER_KEY]: { stringValue: peer } },
    },
  };
}

/** The gateway answers itself; the request goes no further. */
export function cardResponse(card: string): CheckResponse {
  const headers = [header("content-type", "application/json"), header("cache-control", "no-store")];
  return { status: { code: PERMISSION_DENIED }, denied_response: { status: { code: 200 }, headers, body: card } };
}

/** @param call id under which the outcome is reported later */
export function allowedResponse({ set, remove, address }: Allowed, call: string): CheckResponse {
  return {
    status: { code: OK },
    ok_response: {
      headers: Object.entries(set).map(([name, value]) => header(name, value)),
      // What is set is set in the place of what was there.
      headers_to_remove: remove.filter((name) => !Object.hasOwn(set, name)),
    },
    dynamic_metadata: { fields: { [CALL_KEY]: { stringValue: call }, [ADDRESS_KEY]: { stringValue: address } } },
  };
}

/**
 * @param decision id under which it stands in the log
 * @param metadata address of the tool's metadata as a protected resource; undefined if it is not known
 */
export function deniedResponse(denial: Denial, decision: string, metadata?: string): CheckResponse {
  const refusal = refusalOf(denial, decision);
  const challenge = challengeOf(denial, refusal.status.code);
  if (challenge === undefined) return { status: { code: PERMISSION_DENIED }, denied_response: refusal };
  const value = [`Bearer error="${challenge}"`, ...(metadata === undefined ? [] : [`resource_metadata="${metadata}"`])];
  const headers = [...refusal.headers, header("www-authenticate", value.join(", "))];
  return { status: { code: PERMISSION_DENIED }, denied_response: { ...refusal, headers } };
}

/** RFC 6750 section 3.1; undefined if another token would not help */
function challengeOf({ codes }: Denial, status: number): string | undefined {
  if (status === 401) return "invalid_token";
  return codes.includes(OUT_OF_SCOPE) ? "insufficient_scope" : undefined;
}

/** What the agent gets in place of an answer. @param decision id under which it stands in the log */
export function refusalOf({ error, reasons, retryAfter, more, rpc }: Denial, decision: string): RefusalAnswer {
  const status = rpc?.status ?? STATUS[error] ?? 403;
  const description = reasons.map(({ what, fix }) => `${what}: ${fix}`).join("; ");
  const headers = [
    header("content-type", "application/json"),
    header("cache-control", "no-store"),
    header(DECISION_HEADER, decision),
  ];
  const wait = retryAfter ?? (status === 503 ? RETRY_AFTER_SECONDS : undefined);
  if (wait !== undefined) headers.push(header("retry-after", `${wait}`));
  const told = { error, error_description: description, reasons, ...more };
  const body = rpc === undefined ? { ...told, decision_id: decision } : rpcBody(rpc, told, decision);
  return { status: { code: status }, headers, body: JSON.stringify(body) };
}

/** JSON-RPC 2.0 section 5.1; without an id where none could be read, as MCP has it */
function rpcBody({ id, code, message, isSilent }: RpcAnswer, told: object, decision: string): object {
  const data = { ...(isSilent ? {} : told), decision_id: decision };
  return { jsonrpc: "2.0", ...(id !== undefined && { id }), error: { code, message, data } };
}

function header(key: string, value: string): HeaderOption {
  return { header: { key, value }, append_action: OVERWRITE };
}
