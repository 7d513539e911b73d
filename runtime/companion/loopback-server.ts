import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { type Log, told } from "../log";
import { problemOf } from "./guard";
import { drained, type ListenAddress, listening } from "./listening";
import { Problem } from "./problem";
import { refuse, refused } from "./refused";
import type { ToldProblems } from "./told-problems";
import { isOfTools } from "./tools/address";

const LIMITS = {
  headerBytes: 16_384,
  connections: 256,
  requestMilliseconds: 10_000,
  /** For a request for a tool, whose body comes as fast as the tool reads it */
  toolRequestMilliseconds: 300_000,
  idleMilliseconds: 5_000,
} as const;

export interface LoopbackServerProps {
  readonly app: Hono;
  /** Answers what is asked of tools. */
  readonly tools: (incoming: IncomingMessage, outgoing: ServerResponse) => void;
  /** Bearer token that every request must carry; undefined if none is required */
  readonly token: string | undefined;
  /** Called for each request that is refused before the app sees it */
  readonly problems: Pick<ToldProblems, "tell">;
  readonly log: Log;
}

/** Serves beside the agent, and nowhere else. */
export class LoopbackServer {
  private readonly server: Server;
  private readonly listener: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
  private hosts: ReadonlySet<string> = new Set();

  constructor(private readonly props: LoopbackServerProps) {
    this.server = createServer(
      {
        maxHeaderSize: LIMITS.headerBytes,
        requestTimeout: LIMITS.toolRequestMilliseconds,
        headersTimeout: LIMITS.requestMilliseconds,
        keepAliveTimeout: LIMITS.idleMilliseconds,
      },
      (incoming, outgoing) => this.serve(incoming, outgoing),
    );
    // Node would silently drop headers above a limit, and the guard would not see them.
    this.server.maxHeadersCount = 0;
    this.server.maxConnections = LIMITS.connections;
    this.server.on("checkContinue", (incoming, outgoing) => this.serve(incoming, outgoing));
    this.listener = getRequestListener(props.app.fetch, {
      overrideGlobalObjects: false,
      errorHandler: (error) => this.failed(error),
    });
  }

  /** @returns where it listens */
  public async listen({ hostname, port }: ListenAddress): Promise<string> {
    const bound = await listening(this.server, { hostname, port });
    const own = hostname.includes(":") ? `[${hostname}]` : hostname;
    const names = ["127.0.0.1", "localhost", "[::1]", own];
    this.hosts = new Set(bound === 80 ? names : names.map((name) => `${name}:${bound}`));
    return `http://${own}:${bound}`;
  }

  /** Stop accepting requests, finish those in progress, and close after 5 s in any case. */
  public close(): Promise<void> {
    return drained(this.server);
  }

  private serve(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const problem = problemOf(incoming, { hosts: this.hosts, token: this.props.token });
    if (problem !== undefined) return this.turnAway(problem, incoming, outgoing);
    if (isOfTools(incoming.url ?? "")) return this.props.tools(incoming, outgoing);
    const late = setTimeout(() => incoming.complete || incoming.socket.destroy(), LIMITS.requestMilliseconds);
    outgoing.once("close", () => clearTimeout(late));
    if (incoming.headers.expect !== undefined) outgoing.writeContinue();
    void this.listener(incoming, outgoing);
  }

  private turnAway(problem: Problem, incoming: IncomingMessage, outgoing: ServerResponse): void {
    this.props.log("request.refused", { status: problem.status, codes: problem.codes });
    this.props.problems.tell(problem, "agent");
    // Reads no more from this client.
    refuse(problem, outgoing, { connection: "close" });
    incoming.resume();
  }

  private failed(error: unknown): Response {
    this.props.log("request.failed", { because: told(error) });
    const problem = Problem.of("companion.error");
    this.props.problems.tell(problem, "agent");
    return refused(problem);
  }
}
