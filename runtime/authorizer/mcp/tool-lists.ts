import { type ClientRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Value } from "../../json";
import { EventStream } from "../../event-stream";
import { type Revision, STATELESS, WITH_SESSIONS } from "./revisions";
import { type Members, membersOf } from "./rpc";

/** Where a server is, and what it is called with */
export interface McpServerAddress {
  readonly url: string;
  /** `<address>:<port>` to connect to, and to no other */
  readonly address: string;
  /** The tool's own credential, by name in lower case */
  readonly headers: Readonly<Record<string, string>>;
}

interface Answer {
  readonly message: Members | undefined;
  readonly session: string | undefined;
}

/** For all pages together, so that the caller gets an answer before Envoy times out */
export const LIST_MILLISECONDS = 5_000;
/** Over all pages, as they come */
const MOST_BYTES = 4_194_304;
const MOST_PAGES = 64;
const CLIENT = { name: "ambit-gateway", version: "1" } as const;

/** What one asking may take */
interface Limits {
  readonly late: AbortSignal;
  /** @throws Error if they are more than all answers may have together */
  readonly took: (bytes: number) => void;
}

/** Asks MCP servers which tools they have. */
export class ToolLists {
  /** @param authorities PEM that servers' certificates are verified with; the public ones where it is left out */
  constructor(private readonly authorities?: string | undefined) {}

  /**
   * @param isNeeded which tools are kept
   * @throws Error if the server does not say it in time, as MCP has it
   */
  public async of(
    server: McpServerAddress,
    revision: Revision,
    isNeeded: (tool: Members) => boolean = () => true,
  ): Promise<readonly Members[]> {
    const limits = limitsOf(AbortSignal.timeout(LIST_MILLISECONDS));
    const session = revision === WITH_SESSIONS ? await this.opened(server, limits) : {};
    try {
      return await this.pages(server, revision, session, limits, isNeeded);
    } finally {
      const [handle] = Object.values(session);
      if (handle !== undefined)
        void this.exchange(server, "DELETE", { ...version(revision), ...session }, undefined, limits).catch(
          () => undefined,
        );
    }
  }

  private async pages(
    server: McpServerAddress,
    revision: Revision,
    session: Readonly<Record<string, string>>,
    limits: Limits,
    isNeeded: (tool: Members) => boolean,
  ): Promise<readonly Members[]> {
    const tools: Members[] = [];
    let cursor: Value | undefined;
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const params = { ...(cursor !== undefined && { cursor }), ...(revision === STATELESS && { _meta: META }) };
      const headers = {
        ...version(revision),
        ...session,
        ...(revision === STATELESS && { "mcp-method": "tools/list" }),
      };
      const { message } = await this.exchange(server, "POST", headers, call("tools/list", params), limits);
      const result = membersOf(message?.["result"]);
      const listed = result?.["tools"];
      if (!Array.isArray(listed)) throw new Error(`the server answered tools/list with ${told(message)}`);
      tools.push(
        ...(listed as readonly Value[]).flatMap((tool) => {
          const members = membersOf(tool);
          return members !== undefined && isNeeded(members) ? [members] : [];
        }),
      );
      cursor = result?.["nextCursor"];
      if (typeof cursor !== "string") return tools;
    }
    throw new Error(`the server lists more than ${MOST_PAGES} pages of tools`);
  }

  private async opened(server: McpServerAddress, limits: Limits): Promise<Readonly<Record<string, string>>> {
    const params = { protocolVersion: WITH_SESSIONS, capabilities: {}, clientInfo: CLIENT };
    const { message, session } = await this.exchange(server, "POST", {}, call("initialize", params), limits);
    if (membersOf(message?.["result"])?.["protocolVersion"] !== WITH_SESSIONS) {
      throw new Error(`the server answered initialize with ${told(message)}`);
    }
    const headers: Readonly<Record<string, string>> = session === undefined ? {} : { "mcp-session-id": session };
    const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };
    await this.exchange(server, "POST", { ...version(WITH_SESSIONS), ...headers }, initialized, limits);
    return headers;
  }

  private exchange(
    { url, address, headers: own }: McpServerAddress,
    method: "DELETE" | "POST",
    headers: Readonly<Record<string, string>>,
    body: object | undefined,
    { late, took }: Limits,
  ): Promise<Answer> {
    const { host, hostname, pathname } = new URL(url);
    const colon = address.lastIndexOf(":");
    return new Promise((resolve, reject) => {
      const sent = httpsRequest({
        host: address.slice(0, colon).replace(/^\[|\]$/g, ""),
        port: address.slice(colon + 1),
        servername: hostname,
        method,
        path: pathname,
        agent: false,
        signal: late,
        headers: {
          host,
          accept: "application/json, text/event-stream",
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
          ...own,
        },
        ...(this.authorities !== undefined && { ca: this.authorities }),
      });
      let isAnswered = false;
      const unanswered = (): void => {
        if (!isAnswered) reject(new Error("the server has closed the connection without an answer"));
      };
      sent.on("error", reject);
      sent.once("close", unanswered);
      // Its socket has no owner any more: neither the signal nor the request would end it.
      sent.once("upgrade", (_, socket) => {
        socket.on("error", () => undefined).destroy();
        reject(new Error("the server answered with another protocol (101)"));
      });
      sent.once("response", (response) => {
        isAnswered = true;
        const session = response.headers["mcp-session-id"];
        messageOf(response, sent, took).then(
          (message) => resolve({ message, session: typeof session === "string" ? session : undefined }),
          reject,
        );
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

const META = {
  "io.modelcontextprotocol/protocolVersion": STATELESS,
  "io.modelcontextprotocol/clientInfo": CLIENT,
  "io.modelcontextprotocol/clientCapabilities": {},
} as const;

function version(revision: Revision): Readonly<Record<string, string>> {
  return { "mcp-protocol-version": revision };
}

function call(method: string, params: object): object {
  return { jsonrpc: "2.0", id: 1, method, params };
}

/** The answer to the one request that was sent; undefined if there is no body */
async function messageOf(
  response: IncomingMessage,
  sent: ClientRequest,
  took: Limits["took"],
): Promise<Members | undefined> {
  const isStream = (response.headers["content-type"] ?? "").startsWith("text/event-stream");
  const stream = new EventStream();
  const parts: Buffer[] = [];
  for await (const part of response as AsyncIterable<Buffer>) {
    took(part.length);
    if (!isStream) {
      parts.push(part);
      continue;
    }
    const found = stream.take(part).map(({ data }) => (data ? membersOf(JSON.parse(data)) : undefined));
    const answer = found.find((message) => message?.["id"] === 1 && !Object.hasOwn(message, "method"));
    if (answer === undefined) continue;
    // It may stay open for more.
    sent.destroy();
    return answer;
  }
  const text = Buffer.concat(parts).toString("utf8");
  return text === "" ? undefined : membersOf(JSON.parse(text));
}

function limitsOf(late: AbortSignal): Limits {
  let bytes = 0;
  const took = (more: number): void => {
    bytes += more;
    if (bytes > MOST_BYTES) throw new Error(`the server answered more than ${MOST_BYTES} bytes`);
  };
  return { late, took };
}

function told(message: Members | undefined): string {
  const error = membersOf(message?.["error"])?.["message"];
  return typeof error === "string" ? JSON.stringify(error.slice(0, 200)) : "no result";
}
