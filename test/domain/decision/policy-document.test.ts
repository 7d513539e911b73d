import fc from "fast-check";
import {
  Approval,
  Budget,
  Delegation,
  fixedClock,
  Fleet,
  Order,
  policyDocument,
  policyFactsOf,
  policyJson,
  type PolicyDocument,
  type TaskSpec,
  TrustDomain,
  policyProblems,
  type RegistryFacts,
  registryOf,
  Sensitivity,
} from "../../../domain";
import { fleet as exampleFleet } from "../../../fleet";
import { withSelfStartingReader } from "../../support/self-starting-reader";
import { examplePolicy } from "../../support/decisions/policy";
import { agentOf, bucket, external, httpTool } from "../../support/domain";
import { built, taskSketch } from "../arbitrary";
import { depth } from "../../support/depth";

const facts: RegistryFacts = {
  trustDomain: TrustDomain.of("prod.acme.example", "test"),
  clock: fixedClock("2026-12-01"),
  domains: ["acme.example"],
  trust: { issuers: [], starters: [] },
};
const documentOf = (fleet: Fleet, given: Partial<RegistryFacts> = {}): PolicyDocument =>
  policyDocument(registryOf(fleet, { ...facts, ...given }), policyFactsOf(fleet, { intentRequired: false }));
const of = (tasks: Readonly<Record<string, TaskSpec>>, name = "triage"): PolicyDocument =>
  documentOf(Fleet.of({ declaration: agentOf({ tasks }, name) }));
const taskIn = (document: PolicyDocument, task = "answer") =>
  document.agents["spiffe://prod.acme.example/ns/support/sa/triage"]?.tasks[task];

test("the document of the example fleet, for one agent by value", () => {
  expect(examplePolicy.agents["spiffe://prod.acme.example/ns/finance/sa/refund-clerk"]).toEqual({
    name: "refund-clerk",
    suspended: false,
    expires: 1_806_451_200,
    session: { idleSeconds: 1_800, totalSeconds: 28_800 },
    tasks: {
      look: {
        startedBy: { user: true },
        ttlSeconds: 900,
        actions: { "payments.find": true },
        tools: { payments: true },
        data: { "orders:read": true },
        aws: null,
        delegates: {},
        approvalGroup: "",
        budgets: {},
        orders: [],
        observeUntil: 0,
      },
      payout: {
        startedBy: { user: true },
        ttlSeconds: 900,
        actions: { "payments.refund": true },
        tools: { payments: true },
        data: { "orders:write": true },
        aws: null,
        delegates: {},
        approvalGroup: "finance-controllers",
        budgets: {
          "day:calls:all": { limit: 50, actions: "any" },
          "day:sum=amount:payments.refund": { limit: 50_000_000, actions: { "payments.refund": true } },
        },
        orders: [{ first: ["payments.find"], then: { "payments.refund": true }, within: "session" }],
        observeUntil: 0,
      },
    },
  });
});

test("the example's tool and dataset, by value", () => {
  expect(examplePolicy.tools["zendesk"]).toEqual({
    destination: "acme.zendesk.com",
    clearance: 2,
    actsAsUser: true,
    actions: {
      read: { high: false, outward: false, touches: { "tickets:read": true } },
      comment: { high: false, outward: false, touches: { "tickets:write": true } },
    },
  });
  expect(examplePolicy.tools["payments"]?.actions["refund"]).toEqual({
    high: true,
    outward: false,
    touches: { "orders:write": true },
  });
  expect(examplePolicy.datasets["tickets"]).toBe(2);
  expect(examplePolicy.datasets["articles"]).toBe(1);
});

test("says what the platform does: trust domain, intent and version", () => {
  const fleet = Fleet.of();
  const registry = registryOf(fleet, facts);
  const { version, trustDomain, intentRequired } = policyDocument(
    registry,
    policyFactsOf(fleet, { intentRequired: true }),
  );
  expect({ version, trustDomain, intentRequired }).toEqual({
    version: "ambit.policy/1",
    trustDomain: "prod.acme.example",
    intentRequired: true,
  });
});

test("a suspended agent and its expiry are in it", () => {
  const agent = agentOf({ suspended: true, expires: "2027-02-28", session: { idle: "15m", total: "2h" } });
  const [entry] = Object.values(documentOf(Fleet.of({ declaration: agent })).agents);
  expect(entry).toMatchObject({
    suspended: true,
    expires: Date.UTC(2027, 1, 28) / 1000,
    session: { idleSeconds: 900, totalSeconds: 7_200 },
  });
});

test("an expired agent is suspended where it is declared so, though a registry does not say it", () => {
  const clock = fixedClock("2027-03-01");
  const suspendedOf = (suspended: boolean) => {
    const declaration = agentOf({ suspended, expires: "2027-02-28" });
    return Object.values(documentOf(Fleet.of({ declaration }), { clock }).agents).map((agent) => agent.suspended);
  };
  expect([suspendedOf(true), suspendedOf(false)]).toEqual([[true], [false]]);
});

test("what a registry says, no fact beside it takes back", () => {
  const task = { startedBy: "user", data: [external("letters", "restricted").read()] } as const;
  const fleet = Fleet.of({ declaration: agentOf({ suspended: true, tasks: { answer: task } }) });
  const { agents, datasets } = policyDocument(registryOf(fleet, facts), {
    suspended: new Set(),
    touched: { letters: Sensitivity.PUBLIC },
    intentRequired: false,
  });
  expect(Object.values(agents).map(({ suspended }) => suspended)).toEqual([true]);
  expect(datasets).toEqual({ letters: 3 });
});

describe("AWS data", () => {
  test("a task that only reads shows the highest it reads, and writes nothing", () => {
    const data = [bucket("pages", "public").read(), bucket("logs", "confidential").list()];
    expect(taskIn(of({ answer: { startedBy: "user", data } }))?.aws).toEqual({
      data: { "pages:read": true, "logs:list": true },
      reads: 2,
      writes: 4,
    });
  });

  test("a task that only writes to a bucket shows nothing", () => {
    const data = [bucket("pages", "internal").write(), bucket("logs", "confidential").delete()];
    expect(taskIn(of({ answer: { startedBy: "user", data } }))?.aws).toMatchObject({ reads: -1, writes: 1 });
  });

  test("external data gives no AWS credential", () => {
    const tickets = external("tickets");
    expect(taskIn(of({ answer: { startedBy: "user", data: [tickets.read()] } }))?.aws).toBeNull();
  });
});

describe("datasets", () => {
  const tool = httpTool("crm", {
    actions: {
      get: { method: "GET", path: "/" },
      wipe: { method: "DELETE", path: "/", touches: [external("letters", "restricted").write()] },
    },
  });

  test("what an action touches is there, even if no task calls it: a request may name it", () => {
    const document = of({ answer: { startedBy: "user", tools: [tool.allow("get")] } });
    expect(document.datasets).toEqual({ letters: 3 });
    expect(document.tools["crm"]?.actions["wipe"]?.touches).toEqual({ "letters:write": true });
    expect(taskIn(document)).toMatchObject({ actions: { "crm.get": true }, data: {} });
  });

  test("what no task and no action names is not there", () => {
    expect(Object.keys(examplePolicy.datasets).sort()).toEqual([
      "articles",
      "build-logs",
      "conversations",
      "digests",
      "drafts",
      "erp-login",
      "ledger",
      "orders",
      "pull-requests",
      "reconciliations",
      "tickets",
    ]);
  });
});

test("an edge that names no tools or data leaves them open, one that names them lists them", () => {
  const data = [external("notes").read()];
  const crm = httpTool("crm");
  const helper = agentOf(
    { tasks: { look: { startedBy: "delegation", tools: [crm.allow("get")], data, ttl: "5m" } } },
    "helper",
  );
  const edge = (props: Parameters<typeof Delegation.to>[2]) => {
    const answer = { startedBy: "user", delegates: [Delegation.to(helper, "look", props)] } as const;
    const triage = { declaration: agentOf({ tasks: { answer } }) };
    const fleet = Fleet.of(triage, { declaration: helper });
    return taskIn(documentOf(fleet))?.delegates["helper.look"];
  };
  expect(edge({})).toEqual({ depth: 1, actions: "any", data: "any", sensitivity: 3, ttlSeconds: 300 });
  expect(edge({ depth: 3, tools: [crm.allow("get")], data, sensitivity: "internal", ttl: "60s" })).toEqual({
    depth: 3,
    actions: { "crm.get": true },
    data: { "notes:read": true },
    sensitivity: 1,
    ttlSeconds: 60,
  });
});

test("a task that observes says until when", () => {
  const enforcement = { observe: { until: "2027-01-15", reason: "counting first" } } as const;
  const tools = [httpTool("crm").allow("get")];
  const document = of({ answer: { startedBy: "user", tools, budget: Budget.perDay(3), enforcement } });
  expect(taskIn(document)?.observeUntil).toBe(Date.UTC(2027, 0, 15) / 1000);
});

describe("determinism", () => {
  test("the same fleet gives the same bytes, listed in any order", () => {
    const json = policyJson(examplePolicy);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...exampleFleet.members], { minLength: exampleFleet.members.length }),
        (members) => {
          expect(policyJson(withSelfStartingReader(documentOf(Fleet.of(...members))))).toBe(json);
        },
      ),
      { numRuns: depth(10) },
    );
  });

  test("it is one line of sorted keys", () => {
    const json = policyJson(examplePolicy);
    expect(json.split("\n")).toEqual([expect.any(String), ""]);
    const sorted = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const keys = Object.keys(value);
      if (!Array.isArray(value)) expect(keys).toEqual([...keys].sort());
      Object.values(value).forEach(sorted);
    };
    sorted(JSON.parse(json));
    expect(JSON.parse(json)).toEqual(examplePolicy);
  });

  test("the order of tools, data, budgets and orders in a declaration changes no byte", () => {
    const crm = httpTool("crm", { actions: { get: { method: "GET", path: "/" }, put: { method: "PUT", path: "/" } } });
    const erp = httpTool("erp");
    const all = [crm.allow("put" as "get", "get"), erp.allow("get")];
    const data = [external("notes").read(), external("letters").read()];
    const budgets = [Budget.perDay(3), Budget.perRun(2)];
    const order = Order.of({ first: crm.allow("get"), then: erp.allow("get") });
    const common = { startedBy: "user", approval: Approval.from("leads"), order } as const;
    const json = (tools: typeof all, read: typeof data, budget: typeof budgets) =>
      policyJson(of({ answer: { ...common, tools, data: read, budget } }));
    expect(json([...all].reverse(), [...data].reverse(), [...budgets].reverse())).toBe(json(all, data, budgets));
  });
});

test("every possible declaration becomes a document that engines can read", () => {
  fc.assert(
    fc.property(fc.array(taskSketch, { minLength: 1, maxLength: 3 }), (sketch) => {
      const agent = built(sketch);
      fc.pre(agent !== undefined);
      const { trustDomain } = facts;
      const delegates = [...agent.tasks.values()].flatMap((task) => task.delegates.map((edge) => edge.agent));
      const members = [...new Set([agent, ...delegates])].map((declaration) => ({ declaration }));
      const document = documentOf(Fleet.of(...members));
      expect(policyProblems(document)).toEqual([]);
      expect(Object.keys(document.agents)).toContain(`${agent.spiffeId(trustDomain)}`);
    }),
  );
});
