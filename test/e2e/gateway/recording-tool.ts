import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { freePort } from "../../../cli/dev/free-port";
import { certificate } from "../../support/certificate";

/** One request, as it arrived at the tool */
export interface Arrived {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  /** Names and values as sent, in turn */
  readonly headers: readonly string[];
  readonly sha256: string;
  readonly body: string;
}

export type Answering = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const OK = '{"ok":true}';
/** As frameworks answer JSON: it says how long it is. */
const AS_EVER: Answering = (_, response) => {
  const headers = { "content-type": "application/json", "content-length": `${OK.length}`, "set-cookie": "session=1" };
  response.writeHead(200, headers).end(OK);
};
const AUTHORITY = "tools' authority";

/** An HTTP API that remembers each request to the byte. It answers under several names. */
export class RecordingTool {
  public readonly arrived: Arrived[] = [];
  public answering: Answering = AS_EVER;

  private constructor(
    private readonly server: Server,
    /** PEM of the authority that vouches for it */
    public readonly authority: string,
    public readonly port: number,
  ) {}

  public static async start(host: string, names: readonly string[]): Promise<RecordingTool> {
    const ca = certificate({ commonName: AUTHORITY });
    const issuer = { commonName: AUTHORITY, key: ca.key };
    const { cert, key } = certificate({ commonName: "tool", dnsNames: names, issuer });
    const server = createServer({ cert, key });
    const port = await freePort();
    server.listen(port, host);
    await once(server, "listening");
    const tool = new RecordingTool(server, ca.cert, port);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => void tool.record(request, response));
    return tool;
  }

  public answeringAsEver(): void {
    this.answering = AS_EVER;
  }

  /** It listens no longer; connections to it are refused. */
  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  public async startAgain(host: string): Promise<void> {
    this.server.listen(this.port, host);
    await once(this.server, "listening");
  }

  private async record(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    this.arrived.push({
      host: request.headers.host ?? "",
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.rawHeaders,
      sha256: createHash("sha256").update(body).digest("hex"),
      body: body.toString("utf8"),
    });
    this.answering(request, response, body);
  }
}

/** Of a header that arrived once; undefined where it did not arrive */
export function valueOf({ headers }: Arrived, name: string): string | undefined {
  const at = headers.findIndex((header, index) => index % 2 === 0 && header.toLowerCase() === name);
  return at < 0 ? undefined : headers[at + 1];
}
