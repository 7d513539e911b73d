import { Denial, type RpcAnswer } from "../denial";
import { RPC, type RpcId } from "./rpc";

/** JSON-RPC error by code of the first reason */
const BY_REASON: Readonly<Record<string, Partial<Pick<RpcAnswer, "code" | "status">>>> = {
  "call.arguments": { code: RPC.invalidParams },
  "call.body": { code: RPC.parse },
  "mcp.header": { code: RPC.headerMismatch },
  "mcp.method": { code: RPC.methodNotFound, status: 404 },
  "mcp.no-stream": { status: 405 },
  "mcp.revision": { code: RPC.unsupportedVersion },
  "mcp.session": { status: 404 },
  "mcp.state": { code: RPC.invalidParams },
};

/** A refusal as an error of JSON-RPC, with reasons and decision in its data. One of the token stays as OAuth has it. */
export function asRpc(denial: Denial, id: RpcId | undefined): Denial {
  if (denial.rpc !== undefined || denial.error === "invalid_token") return denial;
  const [first] = denial.reasons;
  const known = BY_REASON[first?.code ?? ""] ?? {};
  const code = known.code ?? (denial.error === "invalid_request" ? RPC.invalidRequest : RPC.refused);
  const message = denial.reasons.map(({ what }) => what).join("; ");
  return denial.answeredAs({ id, code, message, status: known.status, isSilent: false });
}

/** What does not exist, and what the caller may not see: the same answer, whose reason only the log has */
export function unknown(id: RpcId | undefined, what: "task" | "tool", name: string, because: string): Denial {
  const message = `Unknown ${what}: ${name}`;
  return Denial.of("mcp.unknown", because).answeredAs({
    id,
    code: RPC.invalidParams,
    message,
    status: 200,
    isSilent: true,
  });
}
