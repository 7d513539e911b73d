import { Denial } from "../../../../runtime/authorizer/denial";
import type { HeaderList } from "../../../../runtime/authorizer/request/headers";
import { agentCard, asksForCard } from "../../../../runtime/authorizer/ways/agent-card";
import type { FleetView } from "../../../../runtime/registry/registry";
import { waysFleet } from "../../../support/ways-fleet";

const idOf = (agent: string): string => `spiffe://prod.acme.example/ns/desk/sa/${agent}`;
const PATH = "/agents/reader/.well-known/agent-card.json";
const BASE = "http://127.0.0.1:7464/v1/tasks/answer/delegates/reader.lookup";

const headers = (base: string | undefined = BASE, task = "lookup"): HeaderList => [
  ["ambit-task", task],
  ...(base === undefined ? [] : [["ambit-base", base] as const]),
];

function asked(peer = "desk", path = PATH, sent = headers()): unknown {
  try {
    return JSON.parse(agentCard(waysFleet, idOf(peer), path, sent));
  } catch (error) {
    if (error instanceof Denial) return error.codes.join();
    throw error;
  }
}

test("offers push notifications where they are declared, and there alone", () => {
  const pushes = { tool: "callbacks", action: "notify" };
  const agentNamed = (name: string) => {
    const agent = waysFleet.agentNamed(name);
    return agent && { ...agent, ways: agent.ways.map((way) => ({ ...way, pushes })) };
  };
  const fleet = { agentNamed, agentOf: (id: string) => waysFleet.agentOf(id) } as FleetView;
  const card = JSON.parse(agentCard(fleet, idOf("desk"), PATH, headers())) as { capabilities: object };
  expect(card.capabilities).toMatchObject({ pushNotifications: true });
  expect(asked()).toMatchObject({ capabilities: { pushNotifications: false } });
});

test("a caller's card has what the declaration says, at the caller's own address, and the one skill that it leads to", () => {
  expect(asked()).toEqual({
    name: "reader",
    description: "Looks things up for others",
    version: "1.0.0",
    supportedInterfaces: [{ url: `${BASE}/a2a`, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
    capabilities: { streaming: false, pushNotifications: false, extendedAgentCard: false },
    defaultInputModes: ["text/plain"],
    defaultOutputModes: ["text/plain"],
    skills: [{ id: "lookup", name: "Lookup", description: "Finds a page", tags: ["wiki"], examples: [] }],
  });
});

test("a card names each binding at the caller's address, the preferred first", () => {
  const base = BASE.replace("reader.lookup", "indexer.look");
  const path = PATH.replace("reader", "indexer");
  const card = asked("desk", path, headers(base, "look")) as { supportedInterfaces: readonly object[] };
  expect(card.supportedInterfaces).toEqual([
    { url: `${base}/a2a`, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
    { url: `${base}/a2a`, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
  ]);
});

test.each<[string, Parameters<typeof asked>, string]>([
  ["no edge leads from the caller", ["press"], "way.route"],
  ["the caller is not declared", ["stranger"], "way.route"],
  ["the agent is not declared", ["desk", "/agents/unknown/.well-known/agent-card.json"], "way.route"],
  ["the agent has no card", ["desk", "/agents/press/.well-known/agent-card.json", headers(BASE, "draft")], "way.route"],
  ["the task is another", ["desk", PATH, headers(BASE, "answer")], "way.route"],
  ["no task is named", ["desk", PATH, []], "way.route"],
  ["no address is named", ["desk", PATH, [["ambit-task", "lookup"]]], "way.header"],
  ["the address is elsewhere", ["desk", PATH, headers("https://evil.example/v1")], "way.header"],
  [
    "the address only begins like a loopback",
    ["desk", PATH, headers("http://127.0.0.1.evil.example:80/v1")],
    "way.header",
  ],
  ["the address has a query", ["desk", PATH, headers(`${BASE}?x`)], "way.header"],
])("fails when %s", (_, request, code) => {
  expect(asked(...request)).toBe(code);
});

test.each([
  [PATH, true],
  [`${PATH}?x=1`, false],
  ["/agents/reader/x/.well-known/agent-card.json", false],
  ["/agents/reader/.well-known/other", false],
  ["/.well-known/agent-card.json", false],
])("%s is asked of the gateway: %s", (path, isCard) => {
  expect(asksForCard(path)).toBe(isCard);
});
