import { DevelopmentAuthority } from "../../../../cli/dev/development-authority";
import type { Allowed } from "../../../../runtime/authorizer/call/spent-calls";
import { Denial } from "../../../../runtime/authorizer/denial";
import { PeerCertificates } from "../../../../runtime/authorizer/identity/peer-certificates";
import type { HeaderList } from "../../../../runtime/authorizer/request/headers";
import { AgentPods } from "../../../../runtime/authorizer/ways/agent-pods";
import type { WayRequest } from "../../../../runtime/authorizer/ways/way-request";
import { type Admitted, WaysIn } from "../../../../runtime/authorizer/ways/ways-in";
import { RegistryUnavailable } from "../../../../runtime/registry/registry";
import { runTag } from "../../../../runtime/run-tag";
import { waysFleet } from "../../../support/ways-fleet";

const TRUST = "prod.acme.example";
const authority = new DevelopmentAuthority(TRUST);
const DESK = `spiffe://${TRUST}/ns/desk/sa/desk`;
const svid = encodeURIComponent(authority.x509Svid(DESK).certificate);
const NOW = Math.floor(Date.now() / 1_000);
const PODS = ["10.0.64.7", "10.0.64.8", "10.0.64.9"];
const RUN = "run-of-alice-1234567";

const jwt = (claims: object): string =>
  [{ alg: "ES256" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".") + ".c2ln";
const token = (...tasks: readonly string[]): string =>
  jwt({ scope: ["openid", ...tasks.map((task) => `ambit:${task}`)].join(" ") });

interface Asked {
  readonly by?: WayRequest["by"];
  readonly certificate?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: HeaderList;
  readonly evidence?: string | null;
}

function asked({
  by = "users",
  certificate = "",
  path = "/chat",
  host = "desk.agents.acme.example",
  ...more
}: Asked = {}): WayRequest {
  const { evidence = token("desk:answer"), headers = [] } = more;
  const authorization = evidence === null ? [] : [["authorization", `Bearer ${evidence}`] as const];
  const sent: HeaderList = [[":authority", host], [":method", "POST"], ...authorization, ...headers];
  return { by, certificate, path, headers: sent, body: undefined };
}

const lookedUp: string[] = [];
const pods = (addresses: readonly string[] | Error = PODS) =>
  new AgentPods((hostname) => {
    lookedUp.push(hostname);
    return addresses instanceof Error ? Promise.reject(addresses) : Promise.resolve(addresses);
  }, "cluster.local");
const ways = (change: Partial<ConstructorParameters<typeof WaysIn>[0]> = {}) =>
  new WaysIn({
    registry: { current: () => waysFleet },
    peers: new PeerCertificates(TRUST, () => NOW),
    pods: pods(),
    authorizer: { handOn: async () => ({ remove: ["x-odd"] }) as unknown as Allowed },
    domain: "agents.acme.example",
    ...change,
  });

async function admitted(request: WayRequest, to = ways()): Promise<Admitted | string> {
  try {
    return await to.admit(request);
  } catch (error) {
    if (error instanceof Denial) return error.codes.join();
    throw error;
  }
}

const within = (change: Asked = {}): Asked => ({
  by: "workloads",
  certificate: svid,
  path: "/agents/reader/a2a",
  host: "ambit-gateway.ambit-system.svc:8443",
  headers: [["ambit-start", "delegation"]],
  evidence: jwt({ client_id: DESK }),
  ...change,
});

const ADMITTED: readonly (readonly [string, Asked, Partial<Admitted>])[] = [
  ["a user, by the agent's name below the domain", {}, { agent: "desk", way: "http", task: "answer", start: "user" }],
  ["a host in capitals and with a port", { host: "Desk.Agents.acme.example:443" }, { agent: "desk" }],
  ["a path below one that ends in a slash", { path: "/threads/7/turns?after=3&after=4" }, { way: "http" }],
  ["a task that the request names", { headers: [["ambit-task", "close"]] }, { task: "close" }],
  [
    "a task that the scope names beside others",
    { evidence: token("other:answer", "desk:idle", "desk:close") },
    { task: "close" },
  ],
  [
    "an event, at the one task of its way in, by a token that names none",
    { path: "/events", headers: [["ambit-start", "event"]], evidence: "a.b.c" },
    { agent: "desk", way: "events", task: "ingest", start: "event" },
  ],
  [
    "a host of the agent's own",
    { host: "press.acme.example", path: "/", evidence: token("press:draft") },
    { agent: "press", peer: `spiffe://${TRUST}/ns/desk/sa/press` },
  ],
  [
    "an agent to which work is handed on",
    within(),
    { agent: "reader", way: "a2a", task: "lookup", start: "delegation" },
  ],
  ...["/a2a", "/a2a/message:send", "/a2a/tasks/t-1:cancel", "/a2a/tasks/t-1?historyLength=2"].map(
    (path): (typeof ADMITTED)[number] => [
      `A2A in both bindings at ${path}`,
      within({ path: `/agents/indexer${path}` }),
      { agent: "indexer", way: "a2a", task: "look" },
    ],
  ),
  [
    "a workload that shows a user's token",
    within({ path: "/agents/desk/chat", headers: [], evidence: token("desk:answer") }),
    { agent: "desk", start: "user" },
  ],
];

test.each(ADMITTED)("admits %s", async (_, request, expected) => {
  expect(await admitted(asked(request))).toMatchObject(expected);
});

const REFUSED: readonly (readonly [string, Asked, string])[] = [
  ["an agent is not declared", { host: "stranger.agents.acme.example" }, "way.route"],
  ["an agent has no way in", { host: "hermit.agents.acme.example" }, "way.route"],
  ["a host is of another domain", { host: "desk.agents.acme.example.evil.example" }, "way.route"],
  ["a host only ends like the domain", { host: "xagents.acme.example" }, "way.route"],
  ["a host has a label more", { host: "a.desk.agents.acme.example" }, "way.route"],
  ["a host is the domain itself", { host: "agents.acme.example" }, "way.route"],
  ["a host cannot be read", { host: "desk.agents.acme.example/x" }, "way.route"],
  ["a path is not served", { path: "/admin" }, "way.route"],
  ["a path begins like one that is served", { path: "/chatter" }, "way.route"],
  ["a path is below one that is served alone", { path: "/chat/7" }, "way.route"],
  ["a path is in another case", { path: "/Chat" }, "way.route"],
  ["a path goes up", { path: "/threads/../admin" }, "call.target"],
  ["a path goes up, encoded", { path: "/threads/%2e%2e/admin" }, "call.target"],
  ["a path has an encoded slash", { path: "/threads/a%2fb" }, "call.target"],
  ["a path has an empty segment", { path: "/threads//7" }, "call.target"],
  ["a path has parameters of a segment", { path: "/threads/7;admin" }, "call.target"],
  ["users name an agent in the path", { path: "/agents/desk/chat" }, "way.route"],
  ["there is no evidence", { evidence: null }, "way.evidence"],
  ["evidence is shown twice", { headers: [["authorization", "Bearer a.b.c"]] }, "way.evidence"],
  ["evidence is no bearer token", { evidence: null, headers: [["authorization", "Basic YTpi"]] }, "way.evidence"],
  ["evidence is too long", { evidence: "a".repeat(16_385) }, "way.evidence"],
  ["a token names another agent's task alone", { evidence: token("other:answer") }, "way.task"],
  ["a token names two tasks that are served", { evidence: token("desk:answer", "desk:close") }, "way.task"],
  ["a token cannot be read and no task is named", { evidence: "a.b.c" }, "way.task"],
  ["a task is not served here", { headers: [["ambit-task", "ingest"]] }, "way.task"],
  ["a task is not served at all", { headers: [["ambit-task", "idle"]] }, "way.task"],
  ["a task is there by inheritance alone", { headers: [["ambit-task", "constructor"]] }, "way.task"],
  [
    "a task is named twice",
    {
      headers: [
        ["ambit-task", "answer"],
        ["ambit-task", "close"],
      ],
    },
    "way.header",
  ],
  ["a task is not started so", { headers: [["ambit-start", "schedule"]] }, "way.start"],
  ["a start is the agent's own", { headers: [["ambit-start", "agent"]] }, "way.header"],
  ["a start is unknown", { headers: [["ambit-start", "cron"]] }, "way.header"],
  [
    "work is handed on from outside",
    { ...within(), by: "users", host: "reader.agents.acme.example", path: "/a2a" },
    "way.start",
  ],
  ["a session is to be an old one", { headers: [["ambit-session", "old"]] }, "way.header"],
  [
    "a clean session is to be joined",
    {
      headers: [
        ["ambit-session", "new"],
        ["ambit-run", `${RUN}.0123456789abcdef`],
      ],
    },
    "way.header",
  ],
  ["a reference is a run's id alone", { headers: [["ambit-run", RUN]] }, "way.header"],
  [
    "a reference is sent twice",
    {
      headers: [
        ["ambit-run", `${RUN}.0123456789abcdef`],
        ["ambit-run", `${RUN}.0123456789abcdef`],
      ],
    },
    "way.header",
  ],
  ["a workload shows no certificate", within({ certificate: "" }), "gateway.peer"],
  [
    "a workload is of another trust domain",
    within({
      certificate: encodeURIComponent(
        new DevelopmentAuthority("dev.acme.example").x509Svid("spiffe://dev.acme.example/ns/a/sa/a").certificate,
      ),
    }),
    "gateway.peer",
  ],
  ["a header names another path", { headers: [["x-original-url", "/admin"]] }, "call.header"],
  ["a header names another method", { headers: [["x-http-method-override", "DELETE"]] }, "call.header"],
  ["a path has an encoded control character", { path: "/threads/a%00b" }, "call.target"],
  ["a path has an encoded line break", { path: "/threads/%0d%0aa" }, "call.target"],
  ["a path is no UTF-8", { path: "/threads/%c0%ae%c0%ae/events" }, "call.target"],
  ["a path has dots beside a blank", { path: "/threads/..%20/events" }, "call.target"],
  ["a port is none", { host: "desk.agents.acme.example:99999" }, "way.route"],
  [
    "an event asks for a clean session",
    {
      path: "/events",
      evidence: "a.b.c",
      headers: [
        ["ambit-start", "event"],
        ["ambit-session", "new"],
      ],
    },
    "way.header",
  ],
  ["a workload names no agent", within({ path: "/agents/" }), "way.route"],
  ["HTTP+JSON is asked at a path that begins like it", within({ path: "/agents/indexer/a2ab/tasks" }), "way.route"],
  ["HTTP+JSON is asked with an encoded slash", within({ path: "/agents/indexer/a2a/tasks%2Ft-1" }), "call.target"],
  ["A2A is asked below its path, of JSON-RPC alone,", within({ path: "/agents/reader/a2a/x" }), "way.route"],
];

test.each(REFUSED)("fails when %s", async (_, request, code) => {
  expect(await admitted(asked(request))).toBe(code);
});

test.each<readonly [what: string, request: Asked, about: object]>([
  [
    "a workload's is told with whose connection it was, and which agent it was for",
    within({ headers: [["ambit-start", "cron"]] }),
    { agent: DESK, asked: "reader" },
  ],
  ["a user's is told with which agent it was for", { headers: [["ambit-start", "cron"]] }, { asked: "desk" }],
  ["one for nothing that is declared is told with neither", { host: "stranger.agents.acme.example" }, {}],
])("of a refused request nothing is known by its evidence: %s", async (_, request, about) => {
  const evidence = jwt({
    client_id: "spiffe://prod.acme.example/ns/a/sa/forged",
    run: "forged",
    task: "forged",
    txn: "forged",
  });
  const denial: unknown = await ways()
    .admit(asked({ ...request, evidence }))
    .catch((error: unknown) => error);
  expect((denial as Denial).about).toEqual(about);
});

test("work that is handed on goes out as the call that it is, without what the call takes out", async () => {
  const handed = asked(
    within({
      headers: [
        ["ambit-start", "delegation"],
        ["x-odd", "1"],
      ],
    }),
  );
  expect(await admitted(handed)).toMatchObject({ call: {}, remove: ["ambit-start", "authorization", "x-odd"] });
  expect(await admitted(asked({ headers: [["x-odd", "1"]] }))).toMatchObject({
    call: undefined,
    remove: ["authorization"],
  });
});

test("fails when the call is refused that handing work on is, and nothing is admitted", async () => {
  const refusing = ways({ authorizer: { handOn: () => Promise.reject(Denial.of("way.whole")) } });
  expect(await admitted(asked(within()), refusing)).toBe("way.whole");
  expect(await admitted(asked(), refusing)).toMatchObject({ agent: "desk" });
});

test("fails when no pod of a delegate is known, before anything is spent", async () => {
  let spent = 0;
  const handOn = async (): Promise<Allowed> => ({ remove: [], spent: (spent += 1) }) as unknown as Allowed;
  expect(await admitted(asked(within()), ways({ pods: pods([]), authorizer: { handOn } }))).toBe("way.agent");
  expect(spent).toBe(0);
});

test("fails without a listener for users, except for hosts of agents", async () => {
  const inside = ways({ domain: undefined });
  expect(await admitted(asked(), inside)).toBe("way.route");
  const press = asked({ host: "press.acme.example", path: "/", evidence: token("press:draft") });
  expect(await admitted(press, inside)).toMatchObject({ agent: "press" });
});

test("fails when no pod is known, or the name service says nothing", async () => {
  expect(await admitted(asked(), ways({ pods: pods([]) }))).toBe("way.agent");
  expect(await admitted(asked(), ways({ pods: pods(new Error("no such name")) }))).toBe("way.agent");
});

test("fails when there is no registry", async () => {
  const current = (): never => {
    throw new RegistryUnavailable("none was read");
  };
  expect(await admitted(asked(), ways({ registry: { current } }))).toBe("gateway.registry");
});

describe("the companion", () => {
  test("is told what was found and the evidence, and nothing that the caller said in its place", async () => {
    const headers: HeaderList = [
      ["ambit-task", "answer"],
      ["ambit-session", "new"],
      ["x-ambit-way", "events"],
      ["x-ambit-evidence", "forged"],
      ["x-ambit-anything", "forged"],
      ["x-forwarded-for", "192.0.2.1"],
      ["x-forwarded-host", "evil.example"],
      ["x-real-ip", "192.0.2.1"],
      ["x-original-host", "evil.example"],
      ["forwarded", "for=192.0.2.1"],
      ["cookie", "thread=7"],
      ["traceparent", "00-1-1-01"],
    ];
    const evidence = token("desk:answer");
    expect(await admitted(asked({ headers, evidence }))).toMatchObject({
      set: {
        "x-ambit-way": "http",
        "x-ambit-task": "answer",
        "x-ambit-start": "user",
        "x-ambit-evidence": evidence,
        "x-ambit-session": "new",
        "x-forwarded-host": "desk.agents.acme.example",
        "x-forwarded-proto": "https",
      },
      remove: [
        "ambit-session",
        "ambit-task",
        "authorization",
        "forwarded",
        "x-ambit-anything",
        "x-forwarded-for",
        "x-original-host",
        "x-real-ip",
      ],
    });
  });

  test("is that of the pod that has the run, as long as it is there", async () => {
    for (const address of PODS) {
      const request = asked({ headers: [["ambit-run", `${RUN}.${runTag(RUN, address)}`]] });
      expect(await admitted(request)).toMatchObject({ address: `${address}:7465`, set: { "x-ambit-join": RUN } });
    }
    const gone = asked({ headers: [["ambit-run", `${RUN}.${runTag(RUN, "10.0.64.1")}`]] });
    expect(PODS.map((address) => `${address}:7465`)).toContain(((await admitted(gone)) as Admitted).address);
  });

  test("is found by the agent's service, one pod after another", async () => {
    const to = ways();
    lookedUp.length = 0;
    const addresses = [];
    for (const _ of PODS) addresses.push(((await admitted(asked(), to)) as Admitted).address);
    expect(addresses.sort()).toEqual(PODS.map((address) => `${address}:7465`));
    expect(new Set(lookedUp)).toEqual(new Set(["ambit-desk.desk.svc.cluster.local"]));
    expect(await admitted(asked(), ways({ pods: pods(["fd00::7"]) }))).toMatchObject({ address: "[fd00::7]:7465" });
  });
});
