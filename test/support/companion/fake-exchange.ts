import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { freePort } from "../../../cli/dev/free-port";
import type { Certified } from "../certificate";
import type { Authority } from "./trust";

export interface Received {
  readonly path: string;
  /** SHA-256 of the client's certificate, in base64url */
  readonly thumbprint: string;
  readonly authorization: string | undefined;
  /** `POST` and the like, and what came with it beside a form */
  readonly method: string;
  readonly run: string | undefined;
  readonly key: string | undefined;
  /** By which it may go on with the companion's trace */
  readonly trace: string | undefined;
  readonly body: string;
  readonly form: Readonly<Record<string, string>>;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What is answered: a body with its status, or a handler of the test */
export type Said =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse) => void);

export const RUN_SECONDS = 900;
export const TOKEN_SECONDS = 300;
export const AWS_SECONDS = 900;

/** A refusal as the exchange sends it */
export function refusal(error: string, code: string, status = 400): Said {
  const reasons = [{ code, what: "it is so", fix: "make it otherwise" }];
  return { status, body: { error, error_description: "it is so: make it otherwise", reasons } };
}

/** The exchange's answers over real TLS, without any rule of it: a test says what it refuses. */
export class FakeExchange {
  public readonly received: Received[] = [];
  /** What a path is answered with in place of a token, a credential or a revocation */
  public readonly said = new Map<string, Said>();
  /** Session of the runs that begin from now on */
  public sid = "session-1";
  /** Session of the runs that begin by this evidence, where a test has several at once */
  public readonly sids = new Map<string, string>();
  /** Milliseconds before each answer */
  public delayMs = 0;
  public runSeconds = RUN_SECONDS;
  /** Session that each token is of */
  public readonly sessions = new Map<string, string>();
  private server: Server | undefined;
  private runs = 0;
  private tokens = 0;
  private readonly began = new Map<string, { start: string; sid: string; endsAt: number }>();
  private port?: number;

  constructor(
    private readonly authority: Authority,
    private readonly clock: () => number,
  ) {}

  public get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  public to(path: string): readonly Received[] {
    return this.received.filter((request) => request.path === path);
  }

  public async start(presented: Certified): Promise<void> {
    this.port ??= await freePort();
    const trust = { ca: this.authority.own.cert, requestCert: true, rejectUnauthorized: true };
    this.server = createServer({ ...presented, ...trust }, (request, response) => void this.answer(request, response));
    this.server.listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
  }

  public async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const received = await receivedOf(request);
    this.received.push(received);
    const said = this.said.get(received.path) ?? this.granted(received);
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    if (typeof said === "function") return said(response);
    response.writeHead(said.status, { "content-type": "application/json", ...said.headers });
    response.end(said.body === undefined ? undefined : JSON.stringify(said.body));
  }

  private granted(received: Received): Said {
    if (received.path === "/token") return { status: 200, body: this.token(received) };
    if (received.path === "/runs") return this.served(received);
    if (["/runs/answers", "/runs/parts"].includes(received.path)) return { status: 204, body: undefined };
    if (received.path === "/refusals") return { status: 200, body: { untold: [] } };
    if (received.path === "/runs/open") return { status: 200, body: { stopped: [] } };
    if (received.path === "/aws/credentials") return { status: 200, body: this.aws() };
    return { status: 200, body: undefined };
  }

  private token({ form, details }: Received): unknown {
    const begun = this.begun(details, form.subject_token);
    const token = `token-${++this.tokens}`;
    this.sessions.set(token, begun.sid);
    return {
      access_token: token,
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: Math.min(TOKEN_SECONDS, begun.run_expires_at - this.clock()),
      ...(form.audience?.startsWith("tool:") ? { scope: form.scope ?? "comment read" } : {}),
      authorization_details: [{ ...details, ...begun }],
    };
  }

  /** A run that began by another pod */
  public beganElsewhere(run: string, more: { readonly start?: string; readonly sid?: string } = {}): void {
    const { start = "user", sid = this.sid } = more;
    this.began.set(run, { start, sid, endsAt: this.clock() + this.runSeconds });
  }

  private served({ details, form }: Received): Said {
    const { run } = details as { run?: string };
    if (run === undefined) return { status: 201, body: this.begun(details, form.subject_token) };
    return this.began.has(run)
      ? { status: 200, body: this.begun(details) }
      : refusal("invalid_authorization_details", "run.unknown");
  }

  /** The run that the details name, or one that begins */
  private begun(details: Received["details"], evidence = "") {
    let { run } = details as { run?: string };
    if (run === undefined) {
      run = `run-${++this.runs}`;
      this.began.set(run, {
        start: details.start as string,
        sid: this.sids.get(evidence) ?? this.sid,
        endsAt: this.clock() + this.runSeconds,
      });
    }
    const { start, sid, endsAt } = this.began.get(run) as { start: string; sid: string; endsAt: number };
    return { task: details.task, start, run, txn: "txn-1", sid, run_expires_at: endsAt };
  }

  private aws(): unknown {
    return {
      AccessKeyId: `ASIA${this.to("/aws/credentials").length}`,
      SecretAccessKey: "secret",
      Token: "session",
      Expiration: new Date((this.clock() + AWS_SECONDS) * 1000).toISOString(),
    };
  }
}

async function receivedOf(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const form = Object.fromEntries(new URLSearchParams(body));
  const details = form.authorization_details;
  const hex = (request.socket as TLSSocket).getPeerCertificate().fingerprint256.replaceAll(":", "");
  return {
    path: request.url as string,
    thumbprint: Buffer.from(hex, "hex").toString("base64url"),
    authorization: request.headers.authorization,
    method: request.method as string,
    run: request.headers["ambit-run"] as string | undefined,
    key: request.headers["idempotency-key"] as string | undefined,
    trace: request.headers["ambit-trace"] as string | undefined,
    body,
    form,
    details: details === undefined ? {} : ((JSON.parse(details) as readonly Record<string, unknown>[])[0] ?? {}),
  };
}
