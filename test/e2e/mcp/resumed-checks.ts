import { deepStrictEqual as equal } from "node:assert";
import type { ServerResponse } from "node:http";
import { type Asked, called, type Got, toolToken } from "../gateway/call";
import type { AgentName } from "../gateway/gateway-identities";
import type { Check, Suite } from "../harness/suite";
import { classic, OLD, rpc, TYPES } from "./hostile-messages";
import { PINNED } from "./mcp-fleet";
import type { McpWorld } from "./suite";
import { saidIn } from "./told";

const PATH = "/tools/shop";
const EVENT = "e-1";
const PRIMING = `id: ${EVENT}\nretry: 100\ndata: \n\n`;
const SESSION = "mcp-session-id";
const CALL = { name: PINNED, arguments: {} };
const ANSWER = { content: [{ type: "text", text: "the answer of the clerk" }] };
/** Of the server's two events their ids */
const LEFT_OUT = "id: e-2\n\nid: e-3\n\n";

const event = (id: string, result: object) =>
  `id: ${id}\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: 1, result })}\n\n`;

/** A run of an agent at the server */
interface Caller {
  readonly token: string;
  /** Its session with the server */
  open(): Promise<string>;
  post(session: string, method: string, params: object): Promise<Got>;
  /** Come back behind {@link EVENT} */
  back(session: string): Promise<Got>;
}

async function caller({ gateway }: McpWorld, name: AgentName, user: string): Promise<Caller> {
  const token = await toolToken(gateway, name, "buy", "shop", { user });
  const sent = (asked: Omit<Asked, "path" | "token">) =>
    called(gateway, gateway.as(name), { path: PATH, token, ...asked });
  return {
    token,
    open: async () => {
      const client = { protocolVersion: OLD, capabilities: {}, clientInfo: { name: "c", version: "1" } };
      return String((await sent(classic(rpc("initialize", client)))).headers[SESSION]);
    },
    post: (session, method, params) => sent(classic(rpc(method, params), { [SESSION]: session })),
    back: (session) => {
      const headers = { ...TYPES, "mcp-protocol-version": OLD, [SESSION]: session, "last-event-id": EVENT };
      return sent({ method: "GET", headers });
    },
  };
}

/** Servers of 2025-11-25 that close the stream of a request and answer when the client comes back */
export function resumedChecks(suite: Suite, world: Check<McpWorld>): void {
  suite.check(
    "mcp: fails to pass an answer to another agent, in another session and twice, where the client comes back for it",
    [world],
    async ([at]) => {
      const [clerk, other] = [await caller(at, "clerk", "resumes"), await caller(at, "other", "resumes")];
      const [session, elsewhere, others] = [await clerk.open(), await clerk.open(), await other.open()];
      await answering(at, ANSWER, async () => {
        equal((await clerk.post(session, "tools/call", CALL)).text, PRIMING);
        // The server answers whoever comes.
        equal(saidIn(await other.back(session)), "404 -32003 mcp.session");
        equal((await other.back(others)).text, LEFT_OUT);
        equal((await clerk.back(elsewhere)).text, LEFT_OUT);
        equal((await clerk.back(session)).text, `${event("e-2", ANSWER)}id: e-3\n\n`);
        equal((await clerk.back(session)).text, LEFT_OUT);
      });
    },
  );

  suite.check(
    "mcp: fails to pass the answer to a call of a revoked run, to that run and to the next one of the agent",
    [world],
    async ([at]) => {
      const { gateway, servers } = at;
      const clerk = await caller(at, "clerk", "resumes-revoked");
      const session = await clerk.open();
      await answering(at, ANSWER, async () => {
        equal((await clerk.post(session, "tools/call", CALL)).text, PRIMING);
        const { token } = clerk;
        equal((await gateway.as("clerk").post(gateway.exchange, "/revoke", { token })).status, 200);
        const before = servers.arrived.length;
        equal(saidIn(await clerk.back(session)), "403 -32003 token.revoked");
        equal(servers.arrived.length, before);
        const next = await caller(at, "clerk", "resumes-revoked");
        equal((await next.back(session)).text, LEFT_OUT);
      });
    },
  );

  suite.check(
    "mcp: a list that a client comes back for holds what its task may call, and nothing else",
    [world],
    async ([at]) => {
      const clerk = await caller(at, "clerk", "resumes-a-list");
      const session = await clerk.open();
      const tools = [{ name: "test_headers", inputSchema: { type: "object" } }, { name: "test_image_content" }];
      await answering(at, { tools }, async () => {
        equal((await clerk.post(session, "tools/list", {})).text, PRIMING);
        equal((await clerk.back(session)).text, `${event("e-2", { tools: tools.slice(0, 1) })}id: e-3\n\n`);
      });
    },
  );
}

/** Meanwhile the server closes the stream of each request, and gives this result twice to each client that comes back. */
async function answering({ servers }: McpWorld, result: object, act: () => Promise<void>): Promise<void> {
  const streamed = (response: ServerResponse, text: string): true => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(text);
    return true;
  };
  servers.answering = (response, body) =>
    streamed(response, body === "" ? event("e-2", result) + event("e-3", result) : PRIMING);
  try {
    await act();
  } finally {
    servers.answering = () => false;
  }
}
