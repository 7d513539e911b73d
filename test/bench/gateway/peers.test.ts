import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Suite } from "../../e2e/harness/suite";
import { load, type Side } from "./load";
import { checkDecisions, inSession } from "./mcp-session";
import type { Peer } from "./peer";
import { PEERS, peersIn, shortOf, startedPeers } from "./peers";
import { WEATHER } from "./ten-tools";

interface Called {
  readonly method: string;
  readonly params?: { readonly name?: string };
}

type Behaviour = (called: Called, token: string | undefined) => boolean;

let servers: Server[] = [];
/** Of the messages that came behind those that open one */
let sessions: (string | undefined)[] = [];

/** A gateway that opens a session where it is asked to, and calls the tools that it lets through */
async function gateway(isLetThrough: Behaviour, opens = true): Promise<Omit<Side, "name">> {
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const called = JSON.parse(text) as Called;
      if (called.method === "initialize") {
        response.writeHead(opens ? 200 : 401, { "mcp-session-id": "s-1" }).end(opens ? "{}" : "who is it");
        return;
      }
      sessions.push(request.headers["mcp-session-id"] as string | undefined);
      const { authorization } = request.headers;
      response.end(called.method === "tools/call" && isLetThrough(called, authorization) ? WEATHER : "{}");
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    path: "/mcp",
    headers: () => Promise.resolve({ authorization: "Bearer t" }),
    pids: [],
  };
}

async function side(isLetThrough: Behaviour, opens = true): Promise<Side> {
  return inSession({ ...(await gateway(isLetThrough, opens)), name: "a gateway" });
}

afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  [servers, sessions] = [[], []];
});

const asItShould: Behaviour = ({ params }, token) => params?.name === "tool_3" && token === "Bearer t";

test("a gateway decides that calls the tool that is allowed, and no other, and none without a token", async () => {
  await expect(checkDecisions(await side(asItShould))).resolves.toBeUndefined();
});

test.each<[string, Behaviour, string]>([
  ["calls nothing", () => false, "tool_3 is not called, which is allowed"],
  ["calls all tools", (_, token) => token !== undefined, "tool_9 is called, which is not allowed"],
  ["looks at no token", ({ params }) => params?.name === "tool_3", "tool_3 is called without a token"],
])("fails when a gateway %s: its row would say nothing", async (_, behaviour, error) => {
  await expect(checkDecisions(await side(behaviour))).rejects.toThrow(new Error(error));
});

test("fails when no session begins, with what was answered", async () => {
  await expect(load(await side(asItShould, false), 1)).rejects.toThrow(
    new Error("initialize was answered with 401 who is it"),
  );
});

test("all calls of a load are in its session, and an answer of 200 that does not hold the tool's has failed", async () => {
  const good = await load(await side(asItShould), 3, 1);
  expect([good.answers, good.failed]).toEqual([3, 0]);
  // The message that it has begun, the call that opens the connection, and the three that are measured
  expect(sessions).toEqual(Array.from({ length: 5 }, () => "s-1"));
  const bad = await load(await side(() => false), 3, 1);
  expect([bad.answers, bad.failed]).toEqual([3, 4]);
});

/** A peer that is given, and starts as it is said */
function peer(name: string, start: Peer["start"]): Peer {
  return { name, variable: `AMBIT_PEER_${name.toUpperCase()}`, start };
}

test("peers have a row that decide as they should; of the others, the reason is known", async () => {
  const peers = [
    peer("good", () => gateway(asItShould)),
    peer("open", () => gateway(() => true)),
    peer("closed", () => gateway(asItShould, false)),
    peer("broken", () => Promise.reject(new Error("broken ended with 1:\nstarting\nno such group"))),
    peer("missing", () => gateway(asItShould)),
  ];
  const given = Object.fromEntries(peers.slice(0, 4).map(({ variable }) => [variable, "/opt/peer"]));
  const { sides, absent } = await startedPeers(new Suite("peers"), {} as never, given, peers);
  expect(sides.map(({ name }) => name)).toEqual(["good"]);
  expect(absent).toEqual([
    { name: "missing", reason: "no binary is given: set AMBIT_PEER_MISSING to its path" },
    { name: "open", reason: "tool_9 is called, which is not allowed" },
    { name: "closed", reason: "initialize was answered with 401 who is it" },
    { name: "broken", reason: "broken ended with 1: no such group" },
  ]);
});

test("peers are those whose variable holds a path; the others say which one to set", () => {
  expect(peersIn({ AMBIT_PEER_VMCP: "/opt/vmcp", AMBIT_PEER_THV: "" })).toEqual({
    given: [{ ...PEERS[1], program: "/opt/vmcp" }],
    absent: [{ name: "ToolHive, thv run", reason: "no binary is given: set AMBIT_PEER_THV to its path" }],
  });
  expect(peersIn({}).given).toEqual([]);
  expect(peersIn({}).absent.map(({ name }) => name)).toEqual(PEERS.map(({ name }) => name));
  const all = Object.fromEntries(PEERS.map(({ variable }) => [variable, "/opt/peer"]));
  expect(peersIn(all).absent).toEqual([]);
});

test.each([
  ["one line stays", "spawn /opt/thv ENOENT", "spawn /opt/thv ENOENT"],
  ["of what a program said, the last line", "thv ended with 1:\nstarting\nno group \n\n", "thv ended with 1: no group"],
  ["nothing said", "thv ended with 1:\n", "thv ended with 1"],
])("the reason why a peer has no row is short: %s", (_, message, short) => {
  expect(shortOf(message)).toBe(short);
});
