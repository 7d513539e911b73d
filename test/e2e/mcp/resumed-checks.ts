import { deepStrictEqual as equal } from "node:assert";
import type { ServerResponse } from "node:http";
import { called, type Got, toolToken } from "../gateway/call";
import type { AgentName } from "../gateway/gateway-world";
import type { Check, Suite } from "../harness/suite";
import { classic, OLD, rpc, TYPES } from "./hostile-messages";
import { PINNED } from "./mcp-fleet";
import type { McpWorld } from "./suite";
import { saidIn } from "./told";

const PATH = "/tools/shop";
const EVENT = "e-1";
const PRIMING = `id: ${EVENT}\nretry: 100\ndata: \n\n`;
const SESSION = "mcp-session-id";
const DONE = "the answer of the clerk";

const event = (id: string, result: object) =>
  `id: ${id}\ndata: ${JSON.stringify({ jsonrpc: "2.0", id: 1, result })}\n\n`;

/** An agent in a session of its own with the server */
interface Holder {
  readonly session: string;
  post(method: string, params: object): Promise<Got>;
  /** Come back behind {@link EVENT} */
  back(session?: string): Promise<Got>;
}

async function holder({ gateway }: McpWorld, name: AgentName, user: string): Promise<Holder> {
  const token = await toolToken(gateway, name, "buy", "shop", { user });
  const sent = (asked: Pick<Parameters<typeof called>[2], "body" | "headers" | "method">) =>
    called(gateway, gateway.as(name), { path: PATH, token, ...asked });
  const client = { protocolVersion: OLD, capabilities: {}, clientInfo: { name: "c", version: "1" } };
  const opened = await sent(classic(rpc("initialize", client)));
  const session = String(opened.headers[SESSION]);
  return {
    session,
    post: (method, params) => sent(classic(rpc(method, params), { [SESSION]: session })),
    back: (wanted = session) =>
      sent({
        method: "GET",
        headers: { ...TYPES, "mcp-protocol-version": OLD, [SESSION]: wanted, "last-event-id": EVENT },
      }),
  };
}

/** Servers of 2025-11-25 that close the stream of a request and answer when the client comes back */
export function resumedChecks(suite: Suite, world: Check<McpWorld>): void {
  suite.check(
    "mcp: fails to pass an answer to another agent, in another session and twice, where the client comes back for it",
    [world],
    async ([at]) => {
      const [clerk, elsewhere, other] = [
        await holder(at, "clerk", "resumes"),
        await holder(at, "clerk", "resumes-too"),
        await holder(at, "other", "resumes"),
      ];
      await answering(at, { content: [{ type: "text", text: DONE }] }, async () => {
        equal((await clerk.post("tools/call", { name: PINNED, arguments: {} })).text, PRIMING);
        // The server answers whoever comes.
        equal(saidIn(await other.back(clerk.session)), "404 -32003 mcp.session");
        equal(
          [(await other.back()).text, (await elsewhere.back()).text],
          ["id: e-2\n\nid: e-3\n\n", "id: e-2\n\nid: e-3\n\n"],
        );
        equal((await clerk.back()).text, `${event("e-2", { content: [{ type: "text", text: DONE }] })}id: e-3\n\n`);
        equal((await clerk.back()).text, "id: e-2\n\nid: e-3\n\n");
      });
    },
  );

  suite.check(
    "mcp: a list that a client comes back for holds what its task may call, and nothing else",
    [world],
    async ([at]) => {
      const clerk = await holder(at, "clerk", "resumes-a-list");
      const tools = [{ name: "test_headers", inputSchema: { type: "object" } }, { name: "test_image_content" }];
      await answering(at, { tools }, async () => {
        equal((await clerk.post("tools/list", {})).text, PRIMING);
        equal((await clerk.back()).text, `${event("e-2", { tools: tools.slice(0, 1) })}id: e-3\n\n`);
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
