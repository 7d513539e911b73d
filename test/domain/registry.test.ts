import fc from "fast-check";
import {
  Approval,
  Budget,
  Dataset,
  DeclarationError,
  Delegation,
  fixedClock,
  Fleet,
  Order,
  registryJson,
  registryOf,
  Serve,
  Tool,
  TrustDomain,
  type AgentDeclaration,
  type RegistryFacts,
  withAws,
} from "../../domain";
import { agentOf } from "../support/domain";
import { built, DELEGATES, taskSketch } from "./arbitrary";
import expected from "./registry.expected.json";
import "../support/depth";

const KEY = "arn:aws:kms:eu-central-1:111111111111:key/0a1b";
const orders = Dataset.external("orders", { sensitivity: "confidential" });
const wiki = Dataset.bucket("wiki", { bucket: "acme-kb", prefix: "wiki/", sensitivity: "internal", key: KEY });
const carts = Dataset.table("carts", { table: "Carts", sensitivity: "internal", boundTo: "session" });
const stock = Dataset.table("stock", { table: "Stock", sensitivity: "internal", indexes: ["by-day"] });
const login = Dataset.secret("login", { secret: "crm/login", sensitivity: "internal", account: "222222222222" });

const crm = Tool.http("crm", {
  url: "https://crm.example/",
  clearance: "confidential",
  actsAs: { service: "crm-writer", bind: { id: "sub" } },
  actions: {
    read: { method: "GET", path: "/orders/{id}", touches: [orders.read()] },
    refund: {
      method: "POST",
      path: "/orders/{id}/refund",
      body: { type: "object", required: ["amount"], properties: { amount: { type: "number" } } },
      impact: "high",
      touches: [orders.write()],
      outward: { is: false, reason: "a person books it" },
    },
  },
});
const llm = Tool.model("llm", {
  url: "https://llm.acme.example/base",
  clearance: "confidential",
  api: ["openai.responses", "anthropic.messages"],
  actions: { ask: { model: "m-1", maxOutputTokens: 1_024, allows: ["stored-responses", "background"] } },
});
const search = Tool.mcp("search", {
  url: "https://search.example",
  clearance: "internal",
  actions: { find: { tool: "find", readOnly: true, pin: `sha256:${"0".repeat(64)}` } },
});

const librarian = agentOf(
  {
    purpose: "Looks things up",
    tasks: {
      lookup: {
        startedBy: ["delegation", "user"],
        tools: [search.allow("find")],
        data: [wiki.list(), wiki.read()],
        ttl: "10m",
      },
      stocktake: {
        startedBy: "event",
        data: [stock.scan(), stock.readWrite(), carts.delete(), login.read()],
      },
    },
    suspended: true,
    concurrency: "one-user",
    serves: [
      Serve.a2a({
        port: 8_081,
        path: "/a2a",
        sensitivity: "public",
        clearance: "internal",
        card: {
          version: "1.2.0",
          description: "Knows where things are",
          skills: {
            lookup: { name: "Lookup", description: "Finds a page", tags: ["wiki"], examples: ["Where is the plan?"] },
          },
          inputModes: ["text/plain", "application/json"],
          streaming: true,
        },
      }),
      Serve.http({
        name: "desk",
        port: 8_080,
        paths: ["/chat", "/threads/"],
        tasks: ["stocktake", "lookup"],
        sensitivity: "internal",
        clearance: "internal",
        untrusted: false,
        host: "library.acme.example",
      }),
    ],
  },
  "librarian",
);
const clerk = agentOf(
  {
    workload: { namespace: "support", serviceAccount: "clerk-bot" },
    clients: ["web", "app"],
    session: { idle: "10m", total: "2h" },
    tasks: {
      answer: {
        startedBy: "user",
        tools: [llm.allow("ask")],
        delegates: [Delegation.to(librarian, "lookup", { data: [wiki.read()], ttl: "5m" })],
      },
      refund: {
        startedBy: "user",
        tools: [crm.allow("refund", "read")],
        data: [orders.readWrite()],
        approval: Approval.from("leads"),
        budget: [Budget.perDay(20), Budget.sum("amount", 500, { per: "run", of: crm.allow("refund") })],
        order: Order.of({ first: crm.allow("read"), then: crm.allow("refund") }),
      },
    },
  },
  "clerk",
);

const facts: RegistryFacts = {
  trustDomain: TrustDomain.of("prod.acme.example", "test"),
  clock: fixedClock("2026-11-24"),
  domains: ["acme.example"],
  trust: {
    issuers: [
      {
        issuer: "https://login.acme.example",
        jwksUri: "https://login.acme.example/keys",
        algorithms: ["ES256", "RS256"],
      },
    ],
    starters: [
      {
        issuer: "https://cron.acme.example",
        jwksUri: "https://cron.acme.example/keys",
        algorithms: ["ES256"],
        starts: ["schedule"],
      },
    ],
  },
};
const documentOf = (agents: readonly AgentDeclaration[]) => {
  const fleet = Fleet.of(...agents.map((declaration) => ({ declaration })));
  const document = withAws(registryOf(fleet, facts), fleet, (agent, task) =>
    task.awsData.length === 0
      ? undefined
      : { role: `arn:aws:iam::111111111111:role/${agent.name}`, sessionPolicy: `policy of ${task.name}` },
  );
  return registryJson(document);
};

test("a small fleet makes this document", () => {
  expect(JSON.parse(documentOf([clerk, librarian]))).toEqual(expected);
});

test("its bytes are sorted, indented, and end in a line break", () => {
  expect(documentOf([clerk, librarian])).toBe(`${JSON.stringify(expected, null, 2)}\n`);
});

test("keys are sorted at every depth and lists keep their order", () => {
  expect(registryJson({ b: [{ d: 1, c: 2 }, 1], a: { z: null, y: undefined } })).toBe(
    '{\n  "a": {\n    "z": null\n  },\n  "b": [\n    {\n      "c": 2,\n      "d": 1\n    },\n    1\n  ]\n}\n',
  );
});

test("an expired agent is said to be", () => {
  const later = { ...facts, clock: fixedClock("2027-06-30") };
  const document = registryOf(Fleet.of({ declaration: librarian }), later);
  expect(document).toMatchObject({ agents: { librarian: { state: "expired" } } });
});

test("untrusted data and a shared memory are said where they are declared, and nowhere else", () => {
  const data = [
    Dataset.bucket("inbox", { bucket: "acme-in", prefix: "mail/", sensitivity: "internal", untrusted: true }),
    wiki,
  ].map((dataset) => dataset.read());
  const agents = [
    agentOf({ memory: "shared", tasks: { read: { startedBy: "user", data } } }),
    agentOf({ memory: "per-user", tasks: { read: { startedBy: "user", data } } }, "other"),
  ];
  const document = JSON.parse(documentOf(agents));
  expect(document.datasets.inbox).toMatchObject({ kind: "bucket", untrusted: true });
  expect(document.datasets.wiki).not.toHaveProperty("untrusted");
  expect(document.agents.triage).toMatchObject({ memory: "shared" });
  expect(document.agents.other).not.toHaveProperty("memory");
});

test("an empty fleet makes an empty document", () => {
  expect(JSON.parse(documentOf([]))).toEqual({
    version: "ambit.registry/2",
    trustDomain: "prod.acme.example",
    trust: facts.trust,
    agents: {},
    tools: {},
    datasets: {},
  });
});

const POSITIONS = [0, 1, 2, 3, 4, 5, 6];

/** Some of what is drawn is no fleet: which agent is named then may depend on the order. */
function documentOrRefused(agents: readonly AgentDeclaration[]): string {
  try {
    return documentOf(agents);
  } catch (error) {
    if (error instanceof DeclarationError) return "refused";
    throw error;
  }
}

test("the order in which agents are listed changes no byte", () =>
  fc.assert(
    fc.property(
      fc.array(fc.array(taskSketch, { minLength: 1, maxLength: 2 }), { maxLength: 4 }),
      fc.shuffledSubarray(POSITIONS, { minLength: POSITIONS.length }),
      (sketches, order) => {
        const agents = [
          ...Object.values(DELEGATES),
          ...sketches.flatMap((sketch, index) => built(sketch, `agent-${index}`) ?? []),
        ];
        const shuffled = order.flatMap((position) => agents[position] ?? []);
        expect(shuffled).toHaveLength(agents.length);
        expect(documentOrRefused(shuffled)).toBe(documentOrRefused(agents));
      },
    ),
  ));
