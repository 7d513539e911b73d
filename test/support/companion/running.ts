import { request } from "node:http";
import type { CompanionConfig } from "../../../runtime/companion/config";
import { type StartedCompanion, startCompanion } from "../../../runtime/companion/start";
import { INBOUND_LIMITS, type InboundLimits } from "../../../runtime/companion/inbound/inbound-forwarder";
import type { ToolLimits } from "../../../runtime/companion/tools/tool-forwarder";
import type { Certified } from "../certificate";
import { FakeExchange } from "./fake-exchange";
import { FakeSource } from "./fake-source";
import { AGENT, Authority, EXCHANGE } from "./trust";

/** Requests of tests are made at this time unless a test moves it. */
export const NOON = Math.floor(Date.now() / 1000);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

/** A refusal as the exchange is told of it */
export interface ToldRefusal {
  readonly codes: readonly string[];
  readonly via: string;
  readonly count: number;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: unknown;
}

/** A companion with a fake exchange behind it, whose time a test moves */
export class Running {
  public now = NOON;
  public readonly logged: string[] = [];
  public readonly authority = new Authority();
  public readonly svid: Certified = this.authority.svid(AGENT);
  public readonly exchange = new FakeExchange(this.authority, () => this.now);
  public readonly source = new FakeSource(() => this.now);
  /** Of connections to the gateway; those of the companion where a test says nothing */
  public toolLimits: ToolLimits | undefined;
  /** Of requests that the agent serves; those of the companion where a test says nothing */
  public inboundLimits: Partial<InboundLimits> = {};
  private started: StartedCompanion | undefined;

  public async start(config: Partial<CompanionConfig> = {}, presented?: Certified): Promise<this> {
    await this.exchange.start(presented ?? this.authority.svid(EXCHANGE));
    this.source.give(this.svid, this.authority.own);
    this.started = await startCompanion({
      config: {
        listen: { hostname: "127.0.0.1", port: 0 },
        exchangeUrl: this.exchange.url,
        exchangeId: undefined,
        identity: { folder: "/nowhere" },
        token: undefined,
        ...config,
      },
      log: (event, facts = {}) => this.logged.push(JSON.stringify({ event, ...facts })),
      clock: () => this.now,
      source: this.source,
      inboundLimits: { ...INBOUND_LIMITS, ...this.inboundLimits },
      ...(this.toolLimits === undefined ? {} : { toolLimits: this.toolLimits }),
    });
    return this;
  }

  public get url(): string {
    return (this.started as StartedCompanion).url;
  }

  /** Where it listens for the gateway */
  public get inboundPort(): number {
    return this.started?.inboundPort as number;
  }

  /** Where the kubelet asks; undefined where it asks nothing */
  public get readyPort(): number | undefined {
    return this.started?.readyPort;
  }

  /** What SIGTERM says */
  public leave(): void {
    this.started?.leave();
  }

  /** Take no new request, and answer those that are there. */
  public async drain(): Promise<void> {
    await this.started?.close();
  }

  /** End, and what the exchange was told by then that was refused here */
  public async toldAtTheEnd(): Promise<readonly ToldRefusal[]> {
    await this.drain();
    const batches = this.exchange.to("/refusals").map(({ body }) => JSON.parse(body) as { refusals: ToldRefusal[] });
    return batches.flatMap(({ refusals }) => refusals);
  }

  public async close(): Promise<void> {
    const { started } = this;
    this.started = undefined;
    await started?.close();
    await this.exchange.stop();
  }

  public ask(path: string, { method, headers, body }: Asked = {}): Promise<Answer> {
    const json = body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const type = json === undefined ? {} : { "content-type": "application/json" };
    return new Promise((resolve, reject) => {
      const made = request(
        `${this.url}${path}`,
        {
          method: method ?? (json === undefined ? "GET" : "POST"),
          headers: { ...type, ...headers } as never,
          agent: false,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const { statusCode, headers: answered } = response;
            const json = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
            resolve({ status: statusCode as number, headers: answered, text, json });
          });
        },
      );
      made.on("error", reject);
      made.end(json);
    });
  }

  /** @returns the run's id */
  public async begin(more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { status, json } = await this.ask("/v1/runs", {
      body: { task: "answer", start: "user", evidence: "a.b.c", audience: "tool:zendesk", ...more },
    });
    if (status !== 201) throw new Error(`a run was expected, got ${JSON.stringify(json)}`);
    return json.run as string;
  }
}

export function codesOf({ json }: Answer): readonly string[] {
  return ((json.reasons ?? []) as readonly { code: string }[]).map(({ code }) => code);
}
