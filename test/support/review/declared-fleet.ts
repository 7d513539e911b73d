import {
  Approval,
  Budget,
  Dataset,
  Delegation,
  fixedClock,
  Fleet,
  Order,
  policyDocument,
  policyFactsOf,
  registryJson,
  registryOf,
  Serve,
  Tool,
  TrustDomain,
  type AgentDeclaration,
  type AwsOfTask,
  type PolicyDocument,
  type RegistryFacts,
  withAws,
} from "../../../domain";
import { agentOf } from "../domain";

const orders = Dataset.external("orders", { sensitivity: "confidential" });
const wiki = Dataset.bucket("wiki", { bucket: "acme-kb", prefix: "wiki/", sensitivity: "internal" });
const rows = Dataset.table("rows", { table: "Rows", boundTo: "agent", sensitivity: "internal", untrusted: true });
const stock = Dataset.table("stock", { table: "Stock", sensitivity: "internal", indexes: ["by-day"] });
const drafts = Dataset.external("drafts", { sensitivity: "public" });

const crm = Tool.http("crm", {
  url: "https://crm.example",
  clearance: "confidential",
  actsAs: { service: "crm-writer", bind: { id: "sub" } },
  actions: {
    read: { method: "GET", path: "/orders/{id}", touches: [orders.read()] },
    refund: {
      method: "POST",
      path: "/orders/{id}/refund",
      body: { type: "object", required: ["amount"], properties: { amount: { type: "number", maximum: 100 } } },
      impact: "high",
      touches: [orders.write()],
      outward: { is: true, reason: "the customer is paid" },
    },
  },
});
const search = Tool.mcp("search", {
  url: "https://search.acme.example",
  clearance: "internal",
  actsAs: { service: "search-reader" },
  actions: {
    find: { tool: "find", readOnly: true, pin: `sha256:${"0".repeat(64)}` },
    save: { tool: "save", pin: `sha256:${"0".repeat(64)}` },
  },
});
const web = Tool.http("web", {
  url: "https://web.example",
  clearance: "public",
  actsAs: { service: "web-reader" },
  untrustedOutput: false,
  actions: { get: { method: "GET", path: "/" } },
});

const courier = agentOf(
  {
    tasks: { fetch: { startedBy: "delegation", tools: [web.allow("get")], budget: Budget.perHour(20) } },
  },
  "courier",
);
const librarian = agentOf(
  {
    tasks: {
      lookup: {
        startedBy: "delegation",
        tools: [search.allow("find")],
        data: [wiki.read()],
        delegates: [Delegation.to(courier, "fetch", { sensitivity: "public" })],
        ttl: "10m",
      },
    },
  },
  "librarian",
);
const clerk = agentOf(
  {
    clients: ["desk"],
    tasks: {
      answer: {
        startedBy: "user",
        data: [rows.readWrite()],
        delegates: [Delegation.to(librarian, "lookup", { depth: 2, data: [wiki.read()], ttl: "5m" })],
      },
      refund: {
        startedBy: "user",
        tools: [crm.allow("read", "refund")],
        data: [orders.readWrite()],
        approval: Approval.from("leads", { people: 2 }),
        budget: [Budget.perDay(20), Budget.sum("amount", 500, { per: "run", of: crm.allow("refund") })],
        order: Order.of({ first: crm.allow("read"), then: crm.allow("refund") }),
      },
    },
    serves: [
      Serve.http({
        port: 8_080,
        paths: ["/chat", "/threads/"],
        tasks: ["answer", "refund"],
        host: "desk.acme.example",
        sensitivity: "internal",
        clearance: "confidential",
      }),
      Serve.a2a({
        port: 8_081,
        path: "/a2a",
        sensitivity: "public",
        clearance: "internal",
        untrusted: true,
        card: {
          version: "1.0.0",
          skills: { answer: { name: "Answer", description: "Answers a question", tags: ["desk"] } },
        },
      }),
    ],
    concurrency: "one-user",
  },
  "clerk",
);
const stocker = agentOf(
  {
    credentials: { federated: "oidc" },
    tasks: { count: { startedBy: ["schedule", "event"], data: [stock.read()] } },
  },
  "stocker",
);
const sleeper = agentOf(
  { suspended: true, tasks: { draft: { startedBy: "delegation", data: [drafts.write()] } } },
  "sleeper",
);

const SMALL = [clerk, courier, librarian, sleeper, stocker];

const facts: RegistryFacts = {
  trustDomain: TrustDomain.of("prod.acme.example", "test"),
  clock: fixedClock("2026-11-24"),
  domains: ["acme.example"],
  trust: {
    issuers: [{ issuer: "https://login.example", jwksUri: "https://login.example/keys", algorithms: ["ES256"] }],
    starters: [
      {
        issuer: "https://cron.example",
        jwksUri: "https://cron.example/keys",
        algorithms: ["ES256"],
        starts: ["schedule"],
      },
    ],
  },
};
const awsOf: AwsOfTask = (agent, task) =>
  task.awsData.length === 0 ? undefined : { role: `arn:aws:iam::111111111111:role/${agent.name}` };

/** A registry that tests may edit */
export interface EditableRegistry {
  [key: string]: unknown;
  readonly agents: Record<string, EditableAgent>;
  readonly tools: Record<string, Record<string, unknown>>;
  readonly datasets: Record<string, Record<string, unknown>>;
}

export interface EditableAgent {
  [key: string]: unknown;
  readonly tasks: Record<string, Record<string, unknown>>;
}

function fleetOf(agents: readonly AgentDeclaration[]): Fleet {
  return Fleet.of(...agents.map((declaration) => ({ declaration })));
}

export function registryWith(agents: readonly AgentDeclaration[]): EditableRegistry {
  const fleet = fleetOf(agents);
  return JSON.parse(registryJson(withAws(registryOf(fleet, facts), fleet, awsOf))) as EditableRegistry;
}

/**
 * Users call `clerk`, in two ways. It hands work to `librarian`, who hands it on to `courier`, which starts itself too, as
 * synth would refuse; `stocker` is by itself, and `sleeper` is suspended. A new copy each time.
 */
export function smallRegistry(): EditableRegistry {
  return edited(registryWith(SMALL), { "agents/courier/tasks/fetch/startedBy": ["delegation", "agent"] });
}

/** What policy engines are told of the same agents */
export function smallPolicy(): PolicyDocument {
  const fleet = fleetOf(SMALL);
  const policy = structuredClone(
    policyDocument(registryOf(fleet, facts), policyFactsOf(fleet, { intentRequired: false })),
  );
  const fetch = Object.values(policy.agents).find(({ name }) => name === "courier")?.tasks["fetch"];
  Object.assign(fetch?.startedBy ?? {}, { agent: true });
  return policy;
}

/** Sets what stands at a path such as `agents/clerk/owner`, or takes it away */
export function edited(registry: EditableRegistry, edits: Readonly<Record<string, unknown>>): EditableRegistry {
  const copy = structuredClone(registry);
  for (const [path, value] of Object.entries(edits)) {
    const keys = path.split("/");
    const last = keys.pop() as string;
    const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy as Record<string, unknown>);
    if (holder === undefined) throw new Error(`nothing stands at ${keys.join("/")}`);
    if (value === null) delete holder[last];
    else holder[last] = value;
  }
  return copy;
}
