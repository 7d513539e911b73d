import { SCOPE } from "../../../domain";
import { isRecord } from "../../../domain/is-record";
import { hasExactLiterals, hasExactNumbers } from "../../jose/exact-numbers";
import { type JsonObject, strictJson } from "../../jose/json";
import { Refusal } from "../../refusal/refusal";
import { ACCESS_TOKEN_URN, type Form, TOKEN_EXCHANGE_GRANT } from "../../token/token-answer";
import { parametersOf } from "../request/parameters";
import { TXN_TOKEN_URN } from "./txn-token";

/** Of `request_details` and of `request_context`, as sent and as written into the token */
const CONTEXT_BYTES = 4_096;
/** The context lies two levels below the claims, whose parser stops at depth 8. */
const CONTEXT_DEPTH = 6;

/** A validated request for a transaction token; nothing is granted yet */
export interface TxnRequest {
  readonly kind: "first" | "replacement";
  readonly subjectToken: string;
  /** Names of actions */
  readonly scope: ReadonlySet<string>;
  readonly details: JsonObject | undefined;
  readonly context: JsonObject | undefined;
}

/** Whether a form asks for a transaction token */
export function asksForTxnToken(form: Form): boolean {
  return form.some(([name, value]) => name === "requested_token_type" && value === TXN_TOKEN_URN);
}

/**
 * @param service SPIFFE ID of who asks
 * @throws Refusal
 */
export function txnRequestOf(form: Form, service: string, trustDomain: string): TxnRequest {
  const parameters = parametersOf(form);
  const client = parameters.get("client_id");
  if (client !== undefined && client !== service) throw Refusal.of("client.unauthenticated");
  const grant = needed(parameters, "grant_type");
  if (grant !== TOKEN_EXCHANGE_GRANT)
    throw Refusal.of("request.grant-type", "a transaction token is got by token exchange");
  refuseOthers(parameters);
  if (parameters.get("audience") !== trustDomain) {
    throw Refusal.of("audience.malformed", "the audience of a transaction token is the trust domain only");
  }
  const subjectToken = parameters.get("subject_token");
  if (subjectToken === undefined) throw Refusal.of("evidence.missing");
  const kind = kindOf(needed(parameters, "subject_token_type"));
  const scope = needed(parameters, "scope");
  if (!SCOPE.test(scope)) throw Refusal.of("scope.too-wide", "scope must be names of actions, parted by single spaces");
  const [details, context] = [contextOf(parameters, "request_details"), contextOf(parameters, "request_context")];
  if (kind === "replacement" && (details !== undefined || context !== undefined)) {
    throw Refusal.of("transaction.context", "what a transaction token says of its request cannot be replaced");
  }
  return { kind, subjectToken, scope: new Set(scope.split(" ")), details, context };
}

function refuseOthers(parameters: ReadonlyMap<string, string>): void {
  if (parameters.has("resource")) throw Refusal.of("audience.malformed", "resource is not served: name the audience");
  for (const name of ["actor_token", "actor_token_type"]) {
    if (!parameters.has(name)) continue;
    throw Refusal.of("request.malformed", `${name} is not served: the requester is the authenticated service`);
  }
}

function kindOf(type: string): TxnRequest["kind"] {
  if (type === ACCESS_TOKEN_URN) return "first";
  if (type === TXN_TOKEN_URN) return "replacement";
  throw Refusal.of("evidence.type", "a transaction token is made of an access token or of a transaction token");
}

function needed(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (value === undefined) throw Refusal.of("request.malformed", `${name} is missing`);
  return value;
}

function contextOf(parameters: ReadonlyMap<string, string>, name: string): JsonObject | undefined {
  const sent = parameters.get(name);
  if (sent === undefined) return undefined;
  const bytes = Buffer.from(sent);
  const value = bytes.length > CONTEXT_BYTES ? undefined : strictJson(bytes);
  // Written again, a number may take more room than it was sent in.
  const fits = isRecord(value) && Buffer.byteLength(JSON.stringify(value)) <= CONTEXT_BYTES;
  if (!fits || !hasExactNumbers(value) || !hasExactLiterals(sent) || depthOf(value) > CONTEXT_DEPTH) {
    const what = `a JSON object of at most ${CONTEXT_BYTES} bytes, ${CONTEXT_DEPTH} deep, that has one meaning`;
    throw Refusal.of("transaction.context", `${name} must be ${what}`);
  }
  return value;
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
