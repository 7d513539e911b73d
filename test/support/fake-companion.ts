import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface AskedOfCompanion {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** Status, and JSON or text */
export type Reply = readonly [status: number, body?: unknown, headers?: Readonly<Record<string, string>>];

/** Answers as docs/companion.md says, unless told otherwise. */
export class FakeCompanion {
  public readonly asked: AskedOfCompanion[] = [];
  /** Replies instead, where it gives something; never, where it does not resolve */
  public reply: ((asked: AskedOfCompanion, count: number) => Reply | undefined | Promise<Reply>) | undefined;
  private readonly server: Server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const asked = { method, path, headers, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
      this.asked.push(asked);
      void Promise.resolve(this.reply?.(asked, this.asked.length) ?? usual(asked)).then(([status, body, more]) => {
        response.writeHead(status, { "content-type": "application/json", ...more });
        response.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
      });
    });
  });

  public async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

/** One for each test of a file, which has heard nothing yet */
export function companionOfEachTest(): { readonly companion: FakeCompanion; readonly url: string } {
  const current = { companion: new FakeCompanion(), url: "" };
  beforeEach(async () => {
    current.companion = new FakeCompanion();
    current.url = await current.companion.start();
  });
  afterEach(() => current.companion.stop());
  return current;
}

/** 2026-11-11T09:15:00Z */
export const RUN_END = Date.UTC(2026, 10, 11, 9, 15, 0) / 1000;

export function refusal(error: string, code: string, more: object = {}): object {
  return { error, error_description: `${code}: text`, reasons: [{ code, what: "what", fix: "fix" }], ...more };
}

function token({ audience, scope }: { readonly audience: string; readonly scope?: readonly string[] }): object {
  const given = { access_token: `for-${audience}`, token_type: "Bearer", expires_in: 300, expires_at: RUN_END - 600 };
  return { ...given, audience, ...(scope && { scope }) };
}

function usual({ method, path, body }: AskedOfCompanion): Reply {
  const wanted = body as { audience: string; scope?: readonly string[]; task: string; start: string };
  if (method === "POST" && path === "/v1/runs") {
    const { task, start } = wanted;
    const hasNone = wanted.audience === undefined || wanted.audience === "aws";
    const first = hasNone ? {} : { token: token(wanted) };
    return [201, { run: "r-1", txn: "t-1", sid: "s-1", task, start, expires_at: RUN_END, ...first }];
  }
  if (method === "POST" && path === "/v1/runs/r-1/token") return [200, token(wanted)];
  if (method === "DELETE" && path === "/v1/runs/r-1") return [204];
  if (method === "GET" && path.includes("/aws-credentials")) {
    const Expiration = "2026-11-11T09:15:00Z";
    return [200, { AccessKeyId: "ASIA", SecretAccessKey: "secret", Token: "session", Expiration }];
  }
  return [404, refusal("invalid_request", "companion.no-address")];
}
