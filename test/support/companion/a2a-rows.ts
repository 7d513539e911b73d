import type { A2aRequest } from "../../../runtime/companion/a2a/call";

/** A request of A2A in a table */
export interface A2aRow {
  readonly when: string;
  /** Method and parameters of JSON-RPC */
  readonly rpc?: readonly [string, object];
  /** Method, target and body of HTTP+JSON */
  readonly http?: readonly [string, string, object?];
  /** Body as it is */
  readonly text?: string;
  readonly type?: string;
  readonly coding?: string;
}

/** @param base path of JSON-RPC */
export function requestOf({ rpc, http, text, type = "application/json", coding }: A2aRow, base: string): A2aRequest {
  const [method = "POST", target = base, said] = http ?? [];
  const called = rpc && { jsonrpc: "2.0", id: "1", method: rpc[0], params: rpc[1] };
  const body = text ?? ((called ?? said) ? JSON.stringify(called ?? said) : undefined);
  const raw = ["Content-Type", type, ...(coding === undefined ? [] : ["Content-Encoding", coding])];
  return { method, target, raw, body: body === undefined ? undefined : Buffer.from(body) };
}
