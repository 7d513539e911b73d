import { own } from "../../../domain";
import { Denial } from "../denial";
import { type HeaderList, single } from "../request/headers";
import type { Message } from "./message";
import { membersOf } from "./rpc";
import { type Revision, REVISIONS, STATELESS, WITH_SESSIONS } from "./revisions";

export const VERSION_HEADER = "mcp-protocol-version";
export const VERSION_META = "io.modelcontextprotocol/protocolVersion";

/**
 * The revision that a message is of. The body says it in 2026-07-28; in 2025-11-25 the header does, or the session.
 *
 * @param hasSession whether the request belongs to a session, which was opened in 2025-11-25
 * @throws Denial `mcp.revision`, `mcp.header`, `mcp.message`
 */
export function revisionOf(message: Message, headers: HeaderList, hasSession: boolean): Revision {
  const header = single(headers, VERSION_HEADER);
  const params = message.kind === "response" ? {} : message.params;
  const told = own(membersOf(params["_meta"]), VERSION_META);
  if (told !== undefined) {
    if (typeof told !== "string") throw Denial.of("call.arguments", `params._meta["${VERSION_META}"] must be a text`);
    if (header !== told) throw mismatch(VERSION_HEADER, header, told);
    // Of those that are named in each request there is one.
    if (told !== STATELESS) throw unserved(told, [STATELESS]);
    return STATELESS;
  }
  if (header === STATELESS) {
    if (message.kind === "notification") return STATELESS;
    throw Denial.of("call.arguments", `a request of ${STATELESS} must name it in params._meta["${VERSION_META}"]`);
  }
  if (message.kind === "request" && message.method === "initialize") {
    const asked = params["protocolVersion"];
    if (asked !== WITH_SESSIONS) throw unserved(typeof asked === "string" ? asked : "no protocolVersion");
    if (header !== undefined && header !== asked) throw mismatch(VERSION_HEADER, header, asked);
    return WITH_SESSIONS;
  }
  return revisionByHeader(header, hasSession);
}

/** Of a request without a message */
export function revisionByHeader(header: string | undefined, hasSession: boolean): Revision {
  if (header === WITH_SESSIONS || (header === undefined && hasSession)) return WITH_SESSIONS;
  if (header === STATELESS) return STATELESS;
  // 2025-11-25, Streamable HTTP, "Protocol Version Header": without one it is 2025-03-26.
  throw unserved(header ?? "2025-03-26, as no header says otherwise");
}

export function mismatch(name: string, header: string | undefined, body: string): Denial {
  const got = header === undefined ? "none" : JSON.stringify(header);
  return Denial.of("mcp.header", `the header ${name} must be ${JSON.stringify(body)}, as the body says, got ${got}`);
}

function unserved(revision: string, supported: readonly Revision[] = REVISIONS): Denial {
  const denial = Denial.of("mcp.revision", `MCP must be of revision ${REVISIONS.join(" or ")}, got ${revision}`);
  // As MCP 2026-07-28 has it in the error's data.
  return denial.with({ supported, requested: revision });
}
