import { McpMessages } from "../../runtime/authorizer/mcp/mcp-messages";
import { pinOf } from "../../runtime/authorizer/mcp/definition";
import type { Members } from "../../runtime/authorizer/mcp/rpc";
import { Denial } from "../../runtime/authorizer/denial";
import { deniedResponse } from "../../runtime/authorizer/envoy/check-response";
import type { HeaderList } from "../../runtime/authorizer/request/headers";
import type { RecognisedCall } from "../../runtime/authorizer/request/recognised-call";
import type { FleetTool } from "../../runtime/registry/registry";
import type { McpCapability } from "../../domain";

export const OLD = "2025-11-25";
export const NEW = "2026-07-28";

export const FIND = { name: "find_order", description: "Finds an order", inputSchema: { type: "object" } } as const;
export const REFUND = {
  name: "create_refund",
  description: "Pays back",
  inputSchema: { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } },
} as const;

export const PAYMENTS: FleetTool = {
  name: "payments",
  kind: "mcp",
  url: "https://mcp.pay.acme.example/mcp",
  isPrivate: false,
  capabilities: [],
  actsAs: { service: "robot", bind: {} },
  actions: {
    find: { match: { tool: "find_order" }, pin: pinOf(FIND) },
    refund: { match: { tool: "create_refund" } },
  },
};

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: HeaderList;
  /** A text is sent as it is. */
  readonly body?: object | string;
  readonly agent?: string;
  readonly sid?: string;
  readonly run?: string;
  /** Of the user */
  readonly issuer?: string;
  readonly granted?: readonly string[];
}

/** What the gateway makes of messages to the server `payments`, without anything around it */
export class McpWorld {
  public now = 1_800_000_000;
  public tool = PAYMENTS;
  public elapsed = 0;
  public readonly messages = new McpMessages(() => this.now);

  public with(...capabilities: readonly McpCapability[]): this {
    this.tool = { ...PAYMENTS, capabilities };
    return this;
  }

  public recognised(sent: Sent): RecognisedCall {
    const { method = "POST", path = "/tools/payments", headers = [], body = "" } = sent;
    const { agent = "clerk", sid = "s", run = "r", granted = ["find", "refund"] } = sent;
    const { issuer = "https://login.example" } = sent;
    const claims = { client_id: agent, sid, run, sub_id: { format: "iss_sub", iss: issuer, sub: "alice" } } as const;
    const typed: HeaderList = method === "POST" ? [["content-type", "application/json"], ...headers] : headers;
    const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    return this.messages.recognise(
      this.tool,
      { certificate: "", tool: "payments", destination: "", method, path, headers: typed, body: bytes },
      { claims, isGranted: (action) => granted.includes(action) },
    );
  }

  /** Action and arguments, or how it was refused */
  public told(sent: Sent): string {
    return toldOf(() => {
      const { action, arguments: args } = this.recognised(sent);
      return `${action} ${JSON.stringify(args)}`;
    });
  }

  /** Whether a call would go out, where its server lists these tools */
  public async mayBeCalled(sent: Sent, listed: readonly Members[]): Promise<boolean> {
    try {
      await this.recognised(sent).confirm?.(() => Promise.resolve(listed));
      return true;
    } catch (error) {
      if (error instanceof Denial) return false;
      throw error;
    }
  }

  /** What the agent gets of a server's answer to this request, and how the call ended */
  public answered(sent: Sent, answer: Answer): { readonly body: string; readonly outcome: string } {
    return read(this.recognised(sent), answer);
  }
}

export interface Answer {
  readonly status?: number;
  readonly headers?: HeaderList;
  /** Its content-types; where it is left out, what the body looks like */
  readonly types?: readonly string[];
  readonly body: object | string;
  /** How many bytes come at once, where it is a stream */
  readonly chunk?: number;
}

export function read(call: RecognisedCall, { status = 200, headers = [], types, body, chunk = 7 }: Answer) {
  const reader = call.answer;
  if (reader === undefined) throw new Error("the answer has no reader");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" && /^(?:data|id|event|:)/.test(body) ? "text/event-stream" : "application/json";
  const typed = (types ?? [type]).map((each) => ["content-type", each] as const);
  const sight = reader.head({ status, headers: [...typed, ...headers] });
  const bytes = Buffer.from(text);
  if (sight === "none") return { body: text, outcome: reader.outcome(false) };
  if (sight === "whole")
    return { body: Buffer.from(reader.whole(bytes) ?? bytes).toString(), outcome: reader.outcome(false) };
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunk) {
    const part = bytes.subarray(at, at + chunk);
    parts.push(reader.part(part, at + chunk >= bytes.length) ?? part);
  }
  return { body: Buffer.concat(parts).toString(), outcome: reader.outcome(false) };
}

export function toldOf(act: () => string): string {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Denial)) throw error;
    const response = deniedResponse(error, "d-1");
    if (!("denied_response" in response)) throw error;
    const { status, body } = response.denied_response;
    const { error: rpc, id } = JSON.parse(body) as { error: { code: number; message: string }; id?: unknown };
    return `${status.code} ${rpc.code} ${error.codes.join()} id=${String(id)}: ${rpc.message}`;
  }
}

const META = { "io.modelcontextprotocol/protocolVersion": NEW };

/** A request of 2026-07-28, with the headers that repeat it */
export function modern(
  method: string,
  params: Members = {},
  id: number | string = 1,
): Required<Pick<Sent, "body" | "headers">> {
  const { name, uri, taskId } = params;
  const named = name ?? uri ?? taskId;
  return {
    headers: [
      ["mcp-protocol-version", NEW],
      ["mcp-method", method],
      ...(typeof named === "string" ? [["mcp-name", named] as const] : []),
    ],
    body: { jsonrpc: "2.0", id, method, params: { ...params, _meta: META } },
  };
}

/** A request of 2025-11-25 */
export function classic(
  method: string,
  params: Members = {},
  id: number | string | undefined = 1,
): Required<Pick<Sent, "body" | "headers">> {
  return {
    headers: [["mcp-protocol-version", OLD]],
    body: { jsonrpc: "2.0", ...(id !== undefined && { id }), method, params },
  };
}

export function notification(method: string, params: Members = {}): Required<Pick<Sent, "body" | "headers">> {
  return { headers: [["mcp-protocol-version", OLD]], body: { jsonrpc: "2.0", method, params } };
}

export function initialize(protocolVersion: string = OLD): Pick<Sent, "body"> {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: "c", version: "1" } };
  return { body: { jsonrpc: "2.0", id: 1, method: "initialize", params } };
}

export function result(value: Members, id: number | string = 1): Members {
  return { jsonrpc: "2.0", id, result: value };
}
