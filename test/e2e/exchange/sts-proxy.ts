import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * What STS is made to say: its own answer, nothing for ever, a lost connection, an error of this code and status, or
 * credentials that end after so many seconds, which STS itself never gives for less than 900
 */
export type StsFate =
  "pass" | "hold" | "lose" | { readonly code: string; readonly status: number } | { readonly seconds: number };

/** Stands before STS, remembers what was asked, and answers in its place where it is told to. */
export class StsProxy {
  /** The forms that were sent */
  public readonly asked: URLSearchParams[] = [];
  /** Asked with the number of the request, from 1 on */
  public fate: (request: number) => StsFate | Promise<StsFate> = () => "pass";

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  public static async before(target: string): Promise<StsProxy> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const proxy = new StsProxy(server, target);
    server.on("request", (asked, answer) => void proxy.handled(asked, answer).catch(() => answer.destroy()));
    return proxy;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async handled(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const form = await text(asked);
    this.asked.push(new URLSearchParams(form));
    const fate = await this.fate(this.asked.length);
    if (fate === "hold") return;
    if (fate === "lose") return void answer.destroy();
    if (fate !== "pass" && "code" in fate) {
      const error = `<Error><Type>Sender</Type><Code>${fate.code}</Code><Message>said by a test</Message></Error>`;
      return void answer.writeHead(fate.status).end(`<ErrorResponse>${error}</ErrorResponse>`);
    }
    const { method, url: path, headers } = asked;
    const on = request(this.target, { method, path, headers, agent: false });
    on.end(form);
    const [from] = (await once(on, "response")) as [IncomingMessage];
    const said = await text(from);
    const sent = fate === "pass" ? said : said.replace(EXPIRATION, `$1${endAfter(fate.seconds)}$2`);
    const { "content-length": _, ...kept } = from.headers;
    answer.writeHead(from.statusCode ?? 502, kept).end(sent);
  }
}

const EXPIRATION = /(<Expiration>)[^<]*(<\/Expiration>)/;

function endAfter(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}
