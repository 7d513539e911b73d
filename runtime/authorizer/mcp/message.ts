import { own } from "../../../domain";
import type { Value } from "../../json";
import { Denial } from "../denial";
import { isRpcId, type Members, membersOf, type RpcId } from "./rpc";

/** One message of JSON-RPC 2.0, as a client posts it */
export type Message =
  | { readonly kind: "request"; readonly id: RpcId; readonly method: string; readonly params: Members }
  | { readonly kind: "notification"; readonly method: string; readonly params: Members }
  | { readonly kind: "response"; readonly id: RpcId; readonly outcome: Value };

const LONGEST_ID = 256;

/**
 * The message in a body, with exactly these members: a server that looks for another spelling finds none.
 *
 * @param body strictly parsed; undefined if there is none
 * @throws Denial `mcp.message`
 */
export function messageOf(body: Value | undefined): Message {
  if (Array.isArray(body)) throw malformed("the body must be one message, got a batch");
  const message = membersOf(body);
  if (message?.["jsonrpc"] !== "2.0") throw malformed('the body must be a JSON-RPC message with "jsonrpc": "2.0"');
  if (!Object.hasOwn(message, "method")) return responseOf(message);
  const { method, id, params = {} } = message;
  only(message, ["jsonrpc", "id", "method", "params"]);
  if (typeof method !== "string") throw malformed("method must be a text");
  const named = membersOf(params);
  if (named === undefined) throw malformed("params must be an object");
  if (own(named, "_meta") !== undefined && membersOf(named["_meta"]) === undefined) {
    throw malformed("params._meta must be an object");
  }
  if (id === undefined) return { kind: "notification", method, params: named };
  return { kind: "request", id: soundId(id), method, params: named };
}

function responseOf(message: Members): Message {
  only(message, ["jsonrpc", "id", "result", "error"]);
  const outcomes = ["result", "error"].filter((name) => Object.hasOwn(message, name));
  const [outcome] = outcomes;
  if (outcome === undefined || outcomes.length > 1)
    throw malformed("the message must have a method, a result or an error");
  return { kind: "response", id: soundId(message["id"]), outcome: message[outcome] as Value };
}

function soundId(id: Value | undefined): RpcId {
  if (isRpcId(id) && String(id).length <= LONGEST_ID) return id;
  throw malformed(`id must be a text of at most ${LONGEST_ID} characters or a whole number`);
}

function only(message: Members, known: readonly string[]): void {
  const odd = Object.keys(message).find((name) => !known.includes(name));
  if (odd !== undefined) throw malformed(`the message must have no member ${JSON.stringify(odd)}`);
}

function malformed(what: string): Denial {
  return Denial.of("mcp.message", what);
}
