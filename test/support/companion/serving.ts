import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type RequestOptions, request } from "node:https";
import type { ClientRequest } from "node:http";
import { freePort } from "../../../cli/dev/free-port";
import type { InboundConfig, WayIn } from "../../../runtime/companion/inbound/inbound-config";
import type { CompanionConfig } from "../../../runtime/companion/config";
import type { Certified } from "../certificate";
import { GATEWAY } from "./fake-gateway";
import type { Running } from "./running";
import { type Answer } from "./running";
import { answerTo, ToTools } from "./to-tools";

export const ADDRESS = "10.0.64.7";
export const HOST = "desk.agents.acme.example";

/** A request as the agent got it */
export interface Got {
  readonly method: string;
  readonly target: string;
  readonly raw: readonly string[];
}

export type Does = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** A companion between a gateway and an agent's own code, and the way to tools behind it */
export class Serving {
  public readonly to = new ToTools();
  public readonly running: Running = this.to.running;
  public readonly gateway: Certified = this.running.authority.svid(GATEWAY);
  /** What came to the agent */
  public readonly got: Got[] = [];
  public does: Does = (incoming, outgoing) => {
    incoming.resume();
    outgoing.end("done");
  };
  private agent: Server | undefined;
  private agentPort?: number;

  /**
   * @param a2a path of a way in of A2A beside that of HTTP
   * @param pushes of that way
   */
  public async start(
    inbound: Partial<InboundConfig> = {},
    config: Partial<CompanionConfig> & { readonly gatewayId?: string } = {},
    a2a?: string,
    pushes?: WayIn["pushes"],
  ): Promise<this> {
    const port = await this.startAgent();
    await this.to.start({
      inbound: {
        listen: { hostname: "127.0.0.1", port: 0 },
        ways: new Map<string, WayIn>([
          ["http", { port }],
          ...(a2a === undefined ? [] : [["a2a", { port, a2a, pushes }] as const]),
        ]),
        concurrency: "many-users",
        address: ADDRESS,
        gatewayId: undefined,
        ...inbound,
      },
      ...config,
    });
    return this;
  }

  public async close(): Promise<void> {
    const { agent } = this;
    this.agent = undefined;
    agent?.closeAllConnections();
    agent?.close();
    await this.to.close();
  }

  /** @returns the port at which nothing listens until it is started again */
  public stopAgent(): number {
    this.agent?.closeAllConnections();
    this.agent?.close();
    return this.agentPort as number;
  }

  /** What the gateway says of a request by a user whose token is `evidence` */
  public said(evidence = "a.b.c", more: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
    const all = {
      "x-ambit-way": "http",
      "x-ambit-task": "answer",
      "x-ambit-start": "user",
      "x-ambit-evidence": evidence,
      "x-forwarded-host": HOST,
      "x-forwarded-proto": "https",
      ...more,
    };
    return Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
  }

  /** A request whose ends a test holds itself */
  public open(path = "/chat", options: RequestOptions = {}): ClientRequest {
    const { authority, inboundPort } = this.running;
    return request({
      hostname: "127.0.0.1",
      port: inboundPort,
      path,
      agent: false,
      ...this.gateway,
      ca: authority.own.cert,
      checkServerIdentity: () => undefined,
      headers: this.said(),
      ...options,
    });
  }

  /** The whole answer */
  public ask(path?: string, options: RequestOptions = {}, body?: Buffer | string): Promise<Answer> {
    return answerTo(this.open(path, options), body);
  }

  /** Go away, and wait until the companion knows: later clients have been refused by then. */
  public async goAway(made: ClientRequest): Promise<void> {
    made.destroy();
    await this.ask("/chat", { headers: {} });
  }

  /** A request that the agent holds, until the test answers it */
  public async held(headers = this.said()): Promise<Held> {
    const does = this.does;
    const came = new Promise<readonly [IncomingMessage, ServerResponse]>((resolve) => {
      this.does = (incoming, outgoing) => {
        this.does = does;
        resolve([incoming, outgoing]);
      };
    });
    const made = this.open("/chat", { headers });
    made.on("error", () => undefined);
    const answered = once(made, "response").then(([response]) => response as IncomingMessage);
    answered.catch(() => undefined);
    made.end();
    const [incoming, outgoing] = await came;
    return { made, handle: incoming.headers["ambit-run"] as string, outgoing, answered };
  }

  /** @returns its port, which is the same each time */
  public async startAgent(): Promise<number> {
    const port = (this.agentPort ??= await freePort());
    const agent = createServer((incoming, outgoing) => {
      const { method = "", url = "", rawHeaders } = incoming;
      this.got.push({ method, target: url, raw: rawHeaders });
      // Either side may go away in the middle: that is what is tested.
      incoming.on("error", () => undefined);
      outgoing.on("error", () => undefined);
      this.does(incoming, outgoing);
    });
    agent.listen(port, "127.0.0.1");
    await once(agent, "listening");
    this.agent = agent;
    return port;
  }
}

export interface Held {
  readonly made: ClientRequest;
  readonly handle: string;
  readonly outgoing: ServerResponse;
  readonly answered: Promise<IncomingMessage>;
}
