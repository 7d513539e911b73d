import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Revision } from "../../../runtime/authorizer/mcp/revisions";
import { CLIENT_SCENARIOS, played, type ScenarioContext } from "./client-scenarios";

interface Asked {
  readonly scenario: string;
  readonly context: ScenarioContext;
  /** Address of the scenario's server */
  readonly server: string;
}

/** Has a scenario's server be reached, and says by which address. @param server its own address */
export type Reached = (server: string) => string;

/** Plays the client of each scenario that the conformance suite begins, one after another. */
export class JudgedClient {
  /** What a client threw, by scenario */
  public readonly thrown = new Map<string, string>();
  private last: Promise<void> = Promise.resolve();

  private constructor(
    private readonly server: Server,
    private readonly revision: Revision,
    private readonly reached: Reached,
  ) {}

  public static async start(revision: Revision, reached: Reached): Promise<JudgedClient> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = new JudgedClient(server, revision, reached);
    server.on("request", (request, response) => {
      void text(request)
        .then((body) => client.asked(JSON.parse(body) as Asked))
        .then((status) => response.writeHead(status).end());
    });
    return client;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  public stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async asked({ scenario, context, server }: Asked): Promise<200 | 404 | 500> {
    const known = CLIENT_SCENARIOS[scenario];
    if (known === undefined) return 404;
    const before = this.last;
    const done = before.then(() => played(known, this.revision, this.reached(server), context));
    this.last = done.catch((error: unknown) => void this.thrown.set(scenario, String(error)));
    await this.last;
    return this.thrown.has(scenario) ? 500 : 200;
  }
}
