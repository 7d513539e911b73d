import { pinOf } from "../../../../runtime/authorizer/mcp/definition";
import { AuthorizerWorld, CLERK, CRM } from "../../../support/authorizer-world";
import { classic, OLD, type Sent } from "../../../support/mcp-world";

const READ = { name: "read_record", inputSchema: { type: "object" } } as const;
const MCP = {
  ...CRM,
  kind: "mcp",
  capabilities: ["resources"],
  actions: { read: { match: { tool: "read_record" }, pin: pinOf(READ) }, note: { match: { tool: "write_note" } } },
} as const;

function worldOf(change: Partial<AuthorizerWorld> = {}): AuthorizerWorld {
  return Object.assign(new AuthorizerWorld(), { tool: MCP, toolLists: async () => [READ], ...change });
}

const sent = ({ body, headers = [] }: Sent) => ({
  method: "POST",
  path: "/tools/crm",
  headers: [["content-type", "application/json"], ...headers] as const,
  body: Buffer.from(JSON.stringify(body)),
});
const LIST = sent(classic("tools/list"));
const CALL = sent(classic("tools/call", { name: "read_record", arguments: { id: 7 } }));

test("a message that calls no tool is decided as its token would be, and is on record as a message", async () => {
  const world = worldOf();
  expect(await world.told(LIST)).toBe('allowed mcp:tools/list {"authorization":"Bearer robot"}');
  expect(world.decided).toMatchObject([{ phase: "issue", call: null, requestDigest: null, budgets: {}, intent: null }]);
  expect(world.asked.at(-1)).toMatchObject({ costs: {}, untrusted: true });
});

test.each(["run.revoked", "session.over", "agent.expired", "delegation.undeclared"] as const)(
  "fails for every method where the policy refuses with %s (agent-bom#4544)",
  async (code) => {
    for (const method of ["initialize", "tools/list", "ping", "resources/read"]) {
      const world = worldOf({ refusing: () => [code] });
      const params = method === "initialize" ? { protocolVersion: OLD } : { uri: "file:///a" };
      expect(await world.told(sent(classic(method, params)))).toBe(`access_denied ${code}`);
      expect(world.asked).toEqual([undefined]);
    }
  },
);

test("fails where the session has read more than the server's clearance", async () => {
  expect(await worldOf({ version: 2 }).told(LIST)).toBe("access_denied mark.above-clearance");
  expect(await worldOf({ version: 2, clearance: 3 }).told(LIST)).toContain("allowed");
});

test("fails where the route leads elsewhere than the policy says", async () => {
  expect(await worldOf().told({ ...LIST, destination: "other.example" })).toBe("access_denied destination.undeclared");
});

test("a message to a tool with a capability reads all that the granted actions read", async () => {
  const world = worldOf();
  for (const each of [classic("resources/read", { uri: "file:///a" }), classic("resources/list"), classic("ping")]) {
    expect((await world.allowed(sent(each))).facts.data).toEqual(["orders:read"]);
  }
  // Beside its answer, what the capability lets pass may come.
  const note = sent(classic("tools/call", { name: "write_note" }));
  expect((await world.allowed(note)).facts.data).toEqual(["orders:read"]);
  world.tool = { ...MCP, capabilities: [] };
  expect((await world.allowed(LIST)).facts.data).toEqual([]);
  expect((await world.allowed(note)).facts.data).toEqual([]);
});

test("fails where an argument of a service identity's tool is bound to a claim and says otherwise, or is not there", async () => {
  const world = worldOf({ tool: { ...MCP, actsAs: { service: "robot", bind: { text: "act.sub" } } } });
  const note = (args: object) =>
    world.told(sent(classic("tools/call", { name: "write_note", arguments: args as never })));
  expect(await note({ text: CLERK })).toContain("allowed note");
  expect(await note({ text: "other" })).toBe("access_denied call.bound");
  expect(await note({})).toBe("access_denied call.bound");
  expect(await world.told(LIST)).toContain("allowed mcp:tools/list");
});

test("a pinned tool is called after its server was asked for its tools, which is decided and on record by itself", async () => {
  const world = worldOf();
  expect(await world.told(CALL)).toContain("allowed read");
  expect(world.decided.map(({ phase }) => phase)).toEqual(["issue", "call"]);
  expect(await world.told(CALL)).toContain("allowed read");
  expect(world.decided.map(({ phase }) => phase)).toEqual(["issue", "call", "call"]);
});

test("fails where the server defines the tool differently, and nothing is spent", async () => {
  const world = worldOf({ toolLists: async () => [{ ...READ, description: "new" }] });
  expect(await world.told(CALL)).toBe("access_denied mcp.pin");
  expect(world.decided.map(({ phase }) => phase)).toEqual(["issue"]);
});

test("fails where the server does not list its tools", async () => {
  const world = worldOf({ toolLists: () => Promise.reject(new Error("no answer")) });
  expect(await world.told(CALL)).toBe("temporarily_unavailable mcp.unseen");
});

test("fails for an action that only the token still grants, as for a tool that does not exist", async () => {
  const world = worldOf({ actions: { "crm.note": true } });
  expect(await world.told(CALL)).toBe("access_denied mcp.unknown");
  expect(world.asked).toEqual([]);
});

test("the headers of MCP reach the server, and no other header of the agent", async () => {
  const { headers } = CALL;
  const more = [...headers, ["cookie", "a=b"], ["mcp-init-host", "evil"], ["authorization", "Bearer t"]] as const;
  const world = worldOf({ toolLists: async () => [{ ...READ, inputSchema: { type: "object" } }] });
  const removed = await world.allowed({ ...LIST, headers: [...more, ["last-event-id", "7"]] });
  expect(removed.remove).toEqual(["authorization", "cookie", "last-event-id", "mcp-init-host"]);
});
