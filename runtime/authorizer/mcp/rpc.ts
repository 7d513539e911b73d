import { isRecord } from "../../../domain/is-record";
import type { Value } from "../../json";

export type RpcId = number | string;

/** An object of JSON */
export type Members = Readonly<Record<string, Value>>;

/** Codes of errors: JSON-RPC 2.0 section 5.1, and MCP 2026-07-28 */
export const RPC = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Of the range that JSON-RPC leaves to servers: refused by policy */
  refused: -32003,
  headerMismatch: -32020,
  unsupportedVersion: -32022,
} as const;

export function isRpcId(value: unknown): value is RpcId {
  return typeof value === "string" || Number.isSafeInteger(value);
}

export function membersOf(value: unknown): Members | undefined {
  return isRecord(value) ? (value as Members) : undefined;
}

export function errorMessage(id: RpcId | undefined, code: number, message: string, data: Members): Members {
  return { jsonrpc: "2.0", ...(id !== undefined && { id }), error: { code, message, data } };
}
