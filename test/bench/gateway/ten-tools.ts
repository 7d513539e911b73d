import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, isIPv4 } from "node:net";
import { certificate } from "../../support/certificate";

export const MCP_HOST = "ten.acme-tools.example";
export const MCP_PATH = "/mcp";
/** Revision of MCP that all sides of the comparison speak */
export const REVISION = "2025-11-25";

export const TOOLS = Array.from({ length: 10 }, (_, index) => ({
  name: `tool_${index}`,
  description: `Says what the weather is like in a city, by station ${index}`,
  inputSchema: {
    type: "object",
    properties: { city: { type: "string", maxLength: 100 } },
    required: ["city"],
    additionalProperties: false,
  },
}));
/** The tool that may be called, and one that may not */
export const [ALLOWED, REFUSED] = ["tool_3", "tool_9"] as const;
/** What a call of the first is answered with */
export const WEATHER = "Light rain, 11 degrees";

const AUTHORITY = "ten tools' authority";
const RESULTS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: REVISION,
    capabilities: { tools: {} },
    serverInfo: { name: "ten tools", version: "1.0.0" },
  },
  ping: {},
  "tools/list": { tools: TOOLS },
  "tools/call": { content: [{ type: "text", text: `${WEATHER}, wind from the west at 20 km/h` }], isError: false },
};

/** The MCP server behind all sides of the comparison: ten tools, no sessions, and as little work as can be */
export class TenTools {
  private constructor(
    private readonly server: Server,
    /** PEM of the authority that vouches for it */
    public readonly authority: string,
  ) {}

  /** @param host an IPv4 address, which its certificate names too */
  public static async start(host: string): Promise<TenTools> {
    const ca = certificate({ commonName: AUTHORITY });
    const issuer = { commonName: AUTHORITY, key: ca.key };
    const ipAddress = addressOf(host);
    const { cert, key } = certificate({ commonName: "ten tools", dnsNames: [MCP_HOST], ipAddress, issuer });
    const server = createServer({ cert, key }, (request, response) => void answer(request, response));
    server.listen(0, host);
    await once(server, "listening");
    return new TenTools(server, ca.cert);
  }

  public get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // It tells nothing by itself.
  if (request.method !== "POST") return void response.writeHead(405).end();
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) text += part as string;
  const { id, method } = JSON.parse(text) as { readonly id?: number | string; readonly method: string };
  if (id === undefined) return void response.writeHead(202).end();
  const result = RESULTS[method];
  const said = result === undefined ? { error: { code: -32601, message: "Method not found" } } : { result };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ jsonrpc: "2.0", id, ...said }));
}

function addressOf(host: string): [number, number, number, number] {
  if (!isIPv4(host)) throw new Error(`the host must be an IPv4 address, got "${host}"`);
  return host.split(".").map(Number) as [number, number, number, number];
}
