import {
  Approval,
  type AgentSpec,
  awsSessionTtl,
  Dataset,
  Delegation,
  Serve,
  type Start,
  type TaskSpec,
} from "../../domain";
import { derivedFrom } from "../support/derived";
import { agentOf, bucket, external, httpTool } from "../support/domain";

const crm = httpTool("crm", {
  untrustedOutput: false,
  actions: { get: { method: "GET", path: "/" }, wipe: { method: "DELETE", path: "/", impact: "high" } },
});
const web = httpTool("web", {
  url: "https://web.example",
  actions: { get: { method: "GET", path: "/" }, post: { method: "POST", path: "/", impact: "high" } },
});
const logs = bucket("logs");
const doing = (task: Partial<TaskSpec>, spec: Partial<AgentSpec> = {}, name = "triage") =>
  agentOf({ tasks: { go: { startedBy: "user", ...task } }, ...spec }, name);

describe("after a kill", () => {
  const federated = (kind: "oidc" | "roles-anywhere") =>
    doing({ startedBy: "schedule", data: [logs.read()] }, { credentials: { federated: kind } });

  test("an agent that reaches nothing stops at once", () => {
    const agent = doing({ data: [external("orders").read()] });
    expect(derivedFrom(agent)).toMatchObject({ horizon: [], longestHorizon: 0, longestCredentialSeconds: 300 });
  });
  test("an open call is cut within 15 s", () => {
    expect(derivedFrom(doing({ tools: [crm.allow("get")] })).horizon).toEqual([
      { path: "tools", seconds: 15, because: "a call that was open at the kill, until it is cut" },
    ]);
  });
  test.each(["oidc", "roles-anywhere"] as const)(
    "an agent that may hold its SVID itself (%s) may read an answer past its companion for 5 min",
    (kind) => {
      const agent = doing({ startedBy: "schedule", tools: [crm.allow("get")] }, { credentials: { federated: kind } });
      expect(derivedFrom(agent).horizon).toEqual([
        { path: "tools", seconds: 300, because: "an answer that was open at the kill, read past the companion" },
      ]);
    },
  );
  test("a brokered AWS session ends after 15 min, and comes first", () => {
    const agent = doing({ tools: [crm.allow("get")], data: [logs.read()] });
    expect(derivedFrom(agent).horizon.map(({ path, seconds }) => [path, seconds])).toEqual([
      ["aws", 900],
      ["tools", 15],
    ]);
    expect(derivedFrom(agent)).toMatchObject({ longestHorizon: 900, longestCredentialSeconds: 900 });
    expect(awsSessionTtl(agent).seconds).toBe(900);
  });
  test("a federated AWS session outlives the SVID by an hour", () => {
    expect(derivedFrom(federated("oidc")).longestHorizon).toBe(300 + 3600);
    expect(derivedFrom(federated("roles-anywhere")).longestHorizon).toBe(3600 + 3600);
    expect(awsSessionTtl(federated("oidc")).seconds).toBe(3600);
  });
  test("what was handed on may go on, however far", () => {
    const end = doing({ startedBy: "delegation", data: [logs.read()] }, {}, "end");
    const middle = doing({ startedBy: "delegation", delegates: [Delegation.to(end, "go")] }, {}, "middle");
    const start = doing({ tools: [crm.allow("get")], delegates: [Delegation.to(middle, "go", { depth: 2 })] });
    expect(derivedFrom(start).horizon).toEqual([
      { path: "end aws", seconds: 900, because: "handed on before the kill: an AWS session issued before it" },
      {
        path: "end requests",
        seconds: 15,
        because: "handed on before the kill: a request that was open at the kill, until it is cut",
      },
      {
        path: "middle requests",
        seconds: 15,
        because: "handed on before the kill: a request that was open at the kill, until it is cut",
      },
      { path: "tools", seconds: 15, because: "a call that was open at the kill, until it is cut" },
    ]);
  });
  test("a delegate reached on two ways counts once", () => {
    const end = doing({ startedBy: "delegation", tools: [crm.allow("get")] }, {}, "end");
    const middle = doing({ startedBy: "delegation", delegates: [Delegation.to(end, "go")] }, {}, "middle");
    const start = doing({ delegates: [Delegation.to(middle, "go"), Delegation.to(end, "go")] });
    expect(derivedFrom(start).horizon.map(({ path }) => path)).toEqual([
      "end requests",
      "end tools",
      "middle requests",
    ]);
  });
});

describe("risk", () => {
  const risk = (task: Partial<TaskSpec>, spec: Partial<AgentSpec> = {}) =>
    derivedFrom(doing(task, spec), ["acme.example"]).risk;

  test("nothing is no risk", () => expect(risk({})).toEqual({ tier: "low", score: 0, reasons: [] }));
  test.each([
    ["public", 0],
    ["internal", 5],
    ["confidential", 15],
    ["restricted", 25],
  ] as const)("%s data: %d", (sensitivity, points) => {
    expect(risk({ data: [external("orders", sensitivity).read()] }).score).toBe(points);
  });
  test.each([
    ["user", 0],
    ["delegation", 3],
    ["schedule", 5],
    ["event", 8],
    ["agent", 12],
  ] as const)("started by %s: %d", (startedBy, points) => expect(risk({ startedBy }).score).toBe(points));
  test.each<[string, number, Partial<TaskSpec>]>([
    ["changing data", 5, { data: [external("news", "public").write()] }],
    ["delegation", 5, { delegates: [Delegation.to(doing({ startedBy: "delegation" }, {}, "helper"), "go")] }],
    ["untrusted output", 5, { tools: [web.allow("get")] }],
    ["trusted output", 0, { tools: [crm.allow("get")] }],
    ["a high impact", 25, { tools: [crm.allow("wipe")] }],
    ["a high impact with approval", 10, { tools: [crm.allow("wipe")], approval: Approval.from("leads") }],
    ["an outward high impact, from untrusted output", 40, { tools: [web.allow("post")] }],
    ["the same with approval", 20, { tools: [web.allow("post")], approval: Approval.from("leads") }],
  ])("%s: %d", (_what, points, task) => expect(risk(task).score).toBe(points));
  test("federated credentials: 5", () => {
    expect(risk({ startedBy: "schedule" }, { credentials: { federated: "oidc" } }).score).toBe(10);
  });

  test("the toxic combination, heaviest first", () => {
    expect(risk({ tools: [web.allow("post")], data: [external("orders", "confidential").read()] })).toEqual({
      tier: "critical",
      score: 75,
      reasons: [
        { points: 20, because: "takes in untrusted content, reads confidential data, and is seen outside" },
        { points: 15, because: "calls high-impact actions without approval" },
        { points: 15, because: "uses confidential data" },
        { points: 10, because: "calls high-impact actions" },
        { points: 5, because: "is seen outside the organisation" },
        { points: 5, because: "is seen outside without approval" },
        { points: 5, because: "reads untrusted output" },
      ],
    });
  });
  test("the combination needs confidential data to be read", () => {
    const orders = Dataset.external("orders", { sensitivity: "confidential", untrusted: true });
    const written = risk({ tools: [web.allow("post")], data: [orders.write()] });
    expect(written.reasons.map(({ points }) => points)).not.toContain(20);
  });
  test("untrusted data taints as untrusted output does, a write to a table too", () => {
    const sensitivity = "internal";
    const inbox = Dataset.bucket("inbox", { bucket: "inbox", prefix: "in/", sensitivity, untrusted: true });
    const log = Dataset.table("log", { table: "log", sensitivity, untrusted: true });
    const because = (task: Partial<TaskSpec>) => risk(task).reasons.map((reason) => reason.because);
    expect(because({ data: [inbox.read()] })).toContain("reads untrusted output");
    expect(because({ data: [log.write()] })).toContain("reads untrusted output");
    expect(because({ data: [inbox.write()] })).not.toContain("reads untrusted output");
    const letters = Dataset.external("letters", { sensitivity: "confidential", untrusted: true });
    const post = httpTool("post", {
      url: "https://post.example",
      untrustedOutput: false,
      actions: { read: { method: "GET", path: "/", touches: [letters.read()] }, send: { method: "POST", path: "/" } },
    });
    expect(because({ tools: [post.allow("read", "send")], data: [letters.read()] })).toContain(
      "takes in untrusted content, reads confidential data, and is seen outside",
    );
  });
  describe("of callers", () => {
    const served = (startedBy: Start, untrusted: boolean | undefined, task: Partial<TaskSpec> = {}) =>
      risk(
        { startedBy, ...task },
        {
          serves: Serve.http({
            port: 8080,
            paths: ["/"],
            tasks: ["go"],
            sensitivity: "public",
            clearance: "restricted",
            ...(untrusted !== undefined && { untrusted }),
          }),
        },
      );
    const points = (served: ReturnType<typeof risk>) =>
      served.reasons.find(({ because }) => because === "has callers that it does not trust")?.points ?? 0;

    test.each([
      ["user", undefined, 0],
      ["user", true, 5],
      ["event", undefined, 5],
      ["event", false, 0],
      ["schedule", undefined, 5],
    ] as const)("%s, untrusted: %s: %d", (start, untrusted, expected) => {
      expect(points(served(start, untrusted))).toBe(expected);
    });
    test("one that no way in serves has none", () => expect(points(risk({ startedBy: "event" }))).toBe(0));
    test("what callers send and confidential data may be seen outside", () => {
      const post = httpTool("post", {
        url: "https://post.example",
        untrustedOutput: false,
        actions: { send: { method: "POST", path: "/" } },
      });
      const task = { tools: [post.allow("send")], data: [external("orders", "confidential").read()] };
      const all = (untrusted: boolean | undefined) =>
        served("event", untrusted, task).reasons.map(({ because }) => because);
      const because = "takes in untrusted content, reads confidential data, and is seen outside";
      expect(all(undefined)).toContain(because);
      expect(all(false)).not.toContain(because);
    });
  });
  test("each reason counts once over all tasks, with the most points", () => {
    const tasks = {
      one: { startedBy: "event", data: [external("orders", "confidential").read()] },
      two: { startedBy: "event", data: [external("letters", "restricted").read()] },
    } as const;
    expect(derivedFrom(agentOf({ tasks })).risk).toMatchObject({ score: 25 + 8 });
  });

  const boundaries: readonly [number, string, Partial<TaskSpec>][] = [
    [13, "low", { startedBy: ["event"], data: [external("a", "internal").read()] }],
    [15, "medium", { data: [external("a", "confidential").read()] }],
    [33, "medium", { startedBy: "event", data: [external("a", "restricted").read()] }],
    [35, "high", { startedBy: "schedule", data: [external("a", "restricted").write()] }],
    [58, "high", { startedBy: "event", tools: [crm.allow("wipe")], data: [external("a", "restricted").read()] }],
    [
      60,
      "critical",
      { startedBy: "schedule", tools: [crm.allow("wipe")], data: [external("a", "restricted").write()] },
    ],
  ];
  test.each(boundaries)("%d points are %s", (score, tier, task) => expect(risk(task)).toMatchObject({ score, tier }));
});
