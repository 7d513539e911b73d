import { createHash } from "node:crypto";
import { isRecord } from "../../../domain/is-record";
import type { Value } from "../../json";
import type { FleetAddress } from "../../registry/registry";
import { Denial } from "../denial";
import { strictJson } from "../../jose/json";
import { strictBody } from "../request/body";
import { type HeaderList, single } from "../request/headers";
import type { Arguments } from "../request/recognised-call";
import { decoded, targetOf } from "../request/target";
import type { WayRequest } from "./way-request";

/** Of the headers, what changes what a message means: they reach the delegate, and are decided on with it */
export const MESSAGE_HEADERS: readonly string[] = ["a2a-extensions", "a2a-version", "accept", "content-type"];
/** Of the path, what stands in front of the delegate's own */
const AGENT = /^\/agents\/[a-z0-9-]+/;
/** Methods that hand nothing on, but ask for the state of work (A2A 1.0, section 9.4) */
const ASKING_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
const ASKING_OPERATIONS = new Set([
  "GetTask",
  "GetTaskPushNotificationConfig",
  "ListTaskPushNotificationConfigs",
  "ListTasks",
  "SubscribeToTask",
]);

const JSON_TYPE = /^application\/(?:a2a\+)?json(?:\s*;\s*charset="?utf-8"?)?$/i;
const TEXT_TYPE = /^text\/plain(?:\s*;\s*charset="?utf-8"?)?$/i;
/** Clients choose a new one for each request: it identifies the message and carries no meaning. */
const ID = /^[\w.:-]{1,64}$/;

/** A request over an edge */
export interface Message {
  readonly request: WayRequest;
  readonly way: Pick<FleetAddress, "kind">;
  /** Id of the delegate's run that it goes on with; undefined if it begins one */
  readonly joins: string | undefined;
}

/**
 * What is handed on, as a person reads it, or the intent evaluator, before it is: method, path, query, headers, the run that it joins, and body.
 * The id of a JSON-RPC request and that of an A2A message are left out, so that the same message sent again is the same.
 *
 * @throws Denial `way.whole` where the body was not seen, `call.target`, `call.header`, `call.content-type`, `call.body`
 */
export function readMessage({ request, way, joins }: Message): Arguments {
  const { body, headers, path } = request;
  if (body === undefined) throw Denial.of("way.whole");
  const { segments, query } = targetOf(path.replace(AGENT, ""));
  const said = MESSAGE_HEADERS.flatMap((name) => {
    const value = single(headers, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    method: single(headers, ":method") ?? "",
    path: `/${segments.map((segment) => decoded(segment, "a segment of the path")).join("/")}`,
    ...(query.size > 0 && { query: Object.fromEntries(query) }),
    headers: Object.fromEntries(said),
    ...(joins !== undefined && { joins }),
    ...(body.length > 0 && { body: bodyOf(headers, body, way.kind === "a2a") }),
  };
}

/** Arguments of a delegation that no person reads: the body's digest, if the body was seen */
export function digestedMessage({ request: { body, path, headers }, joins }: Message): Arguments {
  return {
    method: single(headers, ":method") ?? "",
    target: path,
    ...(joins !== undefined && { joins }),
    ...(body !== undefined && { digest: createHash("sha256").update(body).digest("hex") }),
  };
}

/** Whether it asks how work goes alone: what is handed on later may not come after that. */
export function onlyAsks({ request: { body, headers }, way }: Message): boolean {
  if (ASKING_METHODS.has(single(headers, ":method") ?? "")) return true;
  const operation = way.kind === "a2a" && body !== undefined ? operationIn(body) : undefined;
  return typeof operation === "string" && ASKING_OPERATIONS.has(operation);
}

function operationIn(body: Uint8Array): unknown {
  const said = strictJson(body);
  return isRecord(said) ? said["method"] : undefined;
}

function bodyOf(headers: HeaderList, bytes: Uint8Array, isA2a: boolean): Value {
  const coding = single(headers, "content-encoding");
  if (coding !== undefined) throw Denial.of("call.content-type", `a body with content-encoding ${coding} is not read`);
  const type = single(headers, "content-type") ?? "";
  if (JSON_TYPE.test(type)) return isA2a ? withoutIds(strictBody(bytes)) : strictBody(bytes);
  if (!TEXT_TYPE.test(type)) {
    throw Denial.of("call.content-type", "what is decided on must be application/json or text/plain, in UTF-8");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw Denial.of("call.body", "the body must be UTF-8", { cause: error });
  }
}

function withoutIds(body: Value): Value {
  if (!isRecord(body)) return body;
  const { id, ...rest } = body as { readonly [name: string]: Value };
  const isRpc = "jsonrpc" in rest && "method" in rest;
  const call = isRpc && (typeof id === "number" || isId(id)) ? rest : (body as typeof rest);
  const { params } = call;
  return isRpc && isRecord(params) ? { ...call, params: withoutMessageId(params as Members) } : withoutMessageId(call);
}

type Members = { readonly [name: string]: Value };

function withoutMessageId(said: Members): Members {
  const { message } = said;
  if (!isRecord(message)) return said;
  const { messageId, ...rest } = message as Members;
  return isId(messageId) ? { ...said, message: rest } : said;
}

function isId(value: unknown): boolean {
  return typeof value === "string" && ID.test(value);
}
