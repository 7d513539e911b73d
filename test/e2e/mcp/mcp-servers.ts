import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createPlain, request as requestPlain } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { certificate } from "../../support/certificate";
import { McpFixture } from "./fixture/mcp-fixture";

const AUTHORITY = "MCP servers' authority";
/** Two names of one server: one address is one tool */
export const MCP_HOST = "mcp.acme-tools.example";
export const SHOP_HOST = "shop.acme-tools.example";
/** Behind which the conformance suite plays servers of its own */
export const JUDGE_HOST = "judge.acme-tools.example";

/** One request, as it arrived at the server */
export interface ArrivedMessage {
  readonly headers: IncomingMessage["headers"];
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly sha256: string;
}

/** The featured server, by TLS for the gateway, and plainly for clients that speak to it straight */
export class McpServers {
  public readonly arrived: ArrivedMessage[] = [];
  public readonly fixture = new McpFixture();
  /** Address of the server that the conformance suite plays now */
  public judge = "";
  /** In place of the fixture's answers, where it says true */
  public answering: (response: ServerResponse, body: string) => boolean = () => false;

  private constructor(
    private readonly secure: Server,
    private readonly plain: ReturnType<typeof createPlain>,
    /** PEM of the authority that vouches for it */
    public readonly authority: string,
  ) {
    for (const server of [secure, plain]) {
      server.on("request", (request: IncomingMessage, response: ServerResponse) => {
        this.take(request, response).catch(() => response.destroy());
      });
    }
  }

  public static async start(host: string): Promise<McpServers> {
    const ca = certificate({ commonName: AUTHORITY });
    const issuer = { commonName: AUTHORITY, key: ca.key };
    const { cert, key } = certificate({ commonName: "mcp", dnsNames: [MCP_HOST, SHOP_HOST, JUDGE_HOST], issuer });
    const secure = createServer({ cert, key });
    const plain = createPlain();
    secure.listen(0, host);
    plain.listen(0, "127.0.0.1");
    await Promise.all([once(secure, "listening"), once(plain, "listening")]);
    return new McpServers(secure, plain, ca.cert);
  }

  public get port(): number {
    return (this.secure.address() as AddressInfo).port;
  }

  /** Without a gateway */
  public get straight(): string {
    return `http://localhost:${(this.plain.address() as AddressInfo).port}/mcp`;
  }

  public async stop(): Promise<void> {
    await this.fixture.close();
    for (const server of [this.secure, this.plain]) {
      server.closeAllConnections();
      server.close();
    }
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const { headers, method = "", url = "" } = request;
    if (headers.host?.startsWith(JUDGE_HOST) === true) return handedOn(this.judge, request, body, response);
    const sha256 = createHash("sha256").update(body).digest("hex");
    this.arrived.push({ headers, method, path: url, body: body.toString("utf8"), sha256 });
    if (this.answering(response, body.toString("utf8"))) return;
    if (!isOwn(headers)) return void response.writeHead(403).end();
    await this.fixture.answer(request, response, body.toString("utf8"));
  }
}

/** To a server that speaks no TLS, and back as it comes */
function handedOn(to: string, { method, headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { host } = new URL(to);
  const sent = requestPlain(to, { method, headers: { ...headers, host }, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
    answer.once("error", () => response.destroy());
  });
  sent.once("error", () => response.destroy());
  response.once("close", () => sent.destroy());
  sent.end(body);
}

/** As a server must that a browser could be made to call (MCP, "Security warning") */
function isOwn({ host = "", origin }: IncomingMessage["headers"]): boolean {
  const local = /^(?:localhost|127\.0\.0\.1)(?::\d+)?$/;
  const isLocalOrigin = origin === undefined || local.test(origin.replace(/^https?:\/\//, ""));
  return host.startsWith(MCP_HOST) || host.startsWith(SHOP_HOST) || (local.test(host) && isLocalOrigin);
}
