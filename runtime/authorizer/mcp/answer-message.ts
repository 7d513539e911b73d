import { measureJson, membersIn } from "../../../iam/duplicate-keys";
import { isReadAlike } from "./distinct-names";
import { isRpcId, type Members, membersOf } from "./rpc";

const DEEPEST = 512;
const MEMBERS = {
  request: ["jsonrpc", "id", "method", "params"],
  notification: ["jsonrpc", "method", "params"],
  result: ["jsonrpc", "id", "result"],
  error: ["jsonrpc", "id", "error"],
} as const;

/** A byte order mark is kept, so that it is refused as JSON. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a server says. Undefined if it is no message, or where readers could find different ones in it. */
export function answerMessageOf(bytes: Uint8Array): Members | undefined {
  const { members, depth } = measureJson(bytes);
  if (depth > DEEPEST) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(UTF_8.decode(bytes));
  } catch {
    return undefined;
  }
  const message = membersOf(value);
  if (message?.["jsonrpc"] !== "2.0" || membersIn(value) !== members) return undefined;
  return isOneKind(message) && isReadAlike(message) ? message : undefined;
}

/** Exactly one kind of message, without members of another */
function isOneKind(message: Members): boolean {
  const { id, method } = message;
  const has = (name: string): boolean => Object.hasOwn(message, name);
  const only = (kind: keyof typeof MEMBERS): boolean =>
    Object.keys(message).every((name) => (MEMBERS[kind] as readonly string[]).includes(name));
  if (has("method"))
    return typeof method === "string" && (has("id") ? isRpcId(id) && only("request") : only("notification"));
  if (has("result")) return isRpcId(id) && only("result");
  // A server that could not read the request knows no id of it.
  return membersOf(message["error"]) !== undefined && (id === undefined || id === null || isRpcId(id)) && only("error");
}
