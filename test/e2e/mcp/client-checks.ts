import { deepStrictEqual as equal, ok, rejects } from "node:assert";
import { join } from "node:path";
import { Client as ClientOfOld } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportOfOld } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { called } from "../gateway/call";
import { succeed } from "../harness/process";
import { pythonWith } from "../harness/python";
import type { Check, Suite } from "../harness/suite";
import { PINNED } from "./mcp-fleet";
import type { McpWorld } from "./suite";

const PYTHON = join(__dirname, "../engines/mcp-python");
const ANSWER = [{ type: "text", text: "This is a simple text response for testing." }];
const WHO = { name: "agent", version: "1.0.0" };

/** What each client does the same way */
interface Connected {
  list(): Promise<readonly string[]>;
  call(name: string): Promise<unknown>;
  close(): Promise<void>;
}

type Connect = (url: string) => Promise<Connected>;

async function connected(url: string, options: object): Promise<Connected> {
  const client = new Client(WHO, options);
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return {
    list: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: async (name) => (await client.callTool({ name, arguments: {} })).content,
    close: () => client.close(),
  };
}

const CLIENTS: Readonly<Record<string, Connect>> = {
  "TypeScript client 2, 2025-11-25": (url) => connected(url, {}),
  "TypeScript client 2, 2026-07-28": (url) => connected(url, { versionNegotiation: { mode: { pin: "2026-07-28" } } }),
  "TypeScript client 2, negotiating the revision": (url) => connected(url, { versionNegotiation: { mode: "auto" } }),
  "old SDK 1.32": async (url) => {
    const client = new ClientOfOld(WHO);
    await client.connect(new TransportOfOld(new URL(url)) as never);
    return {
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name) => (await client.callTool({ name, arguments: {} })).content,
      close: () => client.close(),
    };
  },
};

/** Official clients know the companion's base URL, and nothing of tokens, certificates or the gateway. */
export function clientChecks(suite: Suite, world: Check<McpWorld>): void {
  for (const [name, connect] of Object.entries(CLIENTS)) {
    suite.check(`${name}: lists what its task may call, calls it, and is refused the rest`, [world], async ([at]) => {
      const run = await at.beside.begin(at.gateway, "buy", `user-${name.length}`, "tool:shop");
      const before = at.servers.arrived.length;
      const client = await connect(`${at.beside.url}/v1/runs/${run}/tools/shop`);
      try {
        equal([...(await client.list())].sort(), ["test_headers", PINNED]);
        equal(await client.call(PINNED), ANSWER);
        const calls = () => at.servers.arrived.slice(before).filter(({ body }) => body.includes('"tools/call"'));
        equal(calls().length, 1);
        // One that the server has and the task has not, and one that does not exist: the same refusal.
        await rejects(client.call("test_image_content"), /Unknown tool: test_image_content/);
        await rejects(client.call("test_nothing"), /Unknown tool: test_nothing/);
        equal(calls().length, 1);
        ok(at.servers.arrived.slice(before).every(({ headers }) => headers.authorization === "Bearer robot-key-1"));
      } finally {
        await client.close();
      }
    });
  }

  const python = suite.check("the official client of Python is there", [], () => pythonWith("MCP for Python", PYTHON));
  for (const mode of ["legacy", "auto", "2026-07-28"]) {
    suite.check(
      `Python client 2.3, ${mode}: lists what its task may call, calls it, and is refused the rest`,
      [world, python],
      async ([at, program]) => {
        const run = await at.beside.begin(at.gateway, "buy", `python-${mode}`, "tool:shop");
        const url = `${at.beside.url}/v1/runs/${run}/tools/shop`;
        const before = at.servers.arrived.length;
        const script = join(__dirname, "ask.py");
        const { stdout } = await succeed(program, [script, url, mode, PINNED, "test_image_content", "test_nothing"]);
        equal(JSON.parse(stdout), {
          tools: ["test_headers", PINNED],
          text: ANSWER[0]?.text,
          refused: ["Unknown tool: test_image_content", "Unknown tool: test_nothing"],
        });
        const calls = at.servers.arrived.slice(before).filter(({ body }) => body.includes('"tools/call"'));
        equal(calls.length, 1);
      },
    );
  }

  suite.check(
    "mcp: the metadata of a server as a protected resource is there (RFC 9728), and a challenge names it",
    [world],
    async ([{ gateway }]) => {
      const path = "/.well-known/oauth-protected-resource/tools/shop";
      const known = await called(gateway, gateway.as("clerk"), { path });
      const address = `https://${gateway.host}:${gateway.port}`;
      equal(JSON.parse(known.text), {
        resource: `${address}/tools/shop`,
        authorization_servers: [gateway.issuer],
        bearer_methods_supported: ["header"],
        tls_client_certificate_bound_access_tokens: true,
      });
      const refused = await called(gateway, gateway.as("clerk"), { path: "/tools/shop", method: "POST", body: "{}" });
      equal(
        [refused.status, refused.headers["www-authenticate"]],
        [401, `Bearer error="invalid_token", resource_metadata="${address}${path}"`],
      );
    },
  );
}
