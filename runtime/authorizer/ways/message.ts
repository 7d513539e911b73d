import { createHash } from "node:crypto";
import { isRecord } from "../../../domain/is-record";
import type { Value } from "../../json";
import type { FleetAddress } from "../../registry/registry";
import { Denial } from "../denial";
import { strictBody } from "../request/body";
import { type HeaderList, single } from "../request/headers";
import type { Arguments } from "../request/recognised-call";
import type { WayRequest } from "./way-request";

/** Header of A2A 1.0 (section 3.2.6) that changes what a message means */
const EXTENSIONS = "a2a-extensions";
/** Headers that reach the delegate beside the usual ones where its message is decided on */
export const MESSAGE_HEADERS: readonly string[] = ["a2a-version", EXTENSIONS];

const JSON_TYPE = /^application\/(?:a2a\+)?json(?:\s*;\s*charset="?utf-8"?)?$/i;
const TEXT_TYPE = /^text\/plain(?:\s*;\s*charset="?utf-8"?)?$/i;
/** Clients choose a new one for each request: it names the message, and says nothing. */
const ID = /^[\w.:-]{1,64}$/;

/**
 * What is handed on, as a person reads it, or the intent evaluator, before it is: method, path with query, and body. The id of a JSON-RPC
 * request and that of an A2A message are left out, so that the same message sent again is the same.
 *
 * @throws Denial `way.whole` where the body was not seen, `call.header`, `call.content-type`, `call.body`
 */
export function readMessage(request: WayRequest, { kind }: Pick<FleetAddress, "kind">): Arguments {
  const { body, headers } = request;
  if (body === undefined) throw Denial.of("way.whole");
  const extensions = single(headers, EXTENSIONS);
  return {
    ...addressOf(request),
    ...(extensions !== undefined && { extensions }),
    ...(body.length > 0 && { body: bodyOf(headers, body, kind === "a2a") }),
  };
}

/** What is handed on where no one reads it: its body by its digest, where that was seen */
export function digestedMessage(request: WayRequest): Arguments {
  const { body } = request;
  if (body === undefined) return addressOf(request);
  return { ...addressOf(request), digest: createHash("sha256").update(body).digest("hex") };
}

function addressOf({ path, headers }: WayRequest): { readonly method: string; readonly target: string } {
  return { method: single(headers, ":method") ?? "", target: path };
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
