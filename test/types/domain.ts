/** What the compiler refuses: `tsc --noEmit` fails when a line below compiles. Nothing here is ever run. */
import { AgentDeclaration, Approval, Budget, Dataset, Delegation, Fleet, Order, Tool, Ttl } from "../../domain";

const orders = Dataset.external("orders", { sensitivity: "restricted" });
const login = Dataset.secret("login", { secret: "login", sensitivity: "internal" });
const letters = Dataset.bucket("letters", { bucket: "letters", prefix: "in/", sensitivity: "internal" });
const stock = Dataset.table("stock", { table: "stock", sensitivity: "internal", indexes: ["by-day"] });
const carts = Dataset.table("carts", { table: "carts", sensitivity: "internal", boundTo: "user" });
const crm = Tool.http("crm", {
  url: "https://crm.acme.example",
  clearance: "internal",
  actions: { read: { method: "GET", path: "/" }, write: { method: "PUT", path: "/" } },
});

export function data(): void {
  // @ts-expect-error: a secret is never written
  login.write();
  // @ts-expect-error: nor deleted
  login.delete();
  // @ts-expect-error: a scan names no key, so a bound table has none
  carts.scan();
  stock.scan();
  // @ts-expect-error: objects are listed, not scanned
  letters.scan();
  // @ts-expect-error: data behind a tool is deleted by the tool
  orders.delete();
  // @ts-expect-error: a prefix ends in a slash
  Dataset.bucket("a", { bucket: "letters", prefix: "in", sensitivity: "internal" });
  // @ts-expect-error: there is no such level
  Dataset.external("a", { sensitivity: "secret" });
  // @ts-expect-error: it is untrusted, or it is not
  Dataset.external("a", { sensitivity: "internal", untrusted: "yes" });
  // @ts-expect-error: sensitivity is never guessed
  Dataset.external("a", {});
  // @ts-expect-error: an index of a bound table shows rows of others
  Dataset.table("a", { table: "carts", sensitivity: "internal", boundTo: "user", indexes: ["by-day"] });
  // @ts-expect-error: misspelt
  Dataset.secret("a", { secrets: "login", sensitivity: "internal" });
}

const at = { url: "https://a.example", clearance: "public" } as const;

export function tools(): void {
  crm.allow("read", "write");
  // @ts-expect-error: misspelt
  crm.allow("raed");
  // @ts-expect-error: no wildcard
  crm.allow("*");
  // @ts-expect-error: a grant names at least one action
  crm.allow();
  // @ts-expect-error: misspelt `touches`
  Tool.http("a", { ...at, actions: { read: { method: "GET", path: "/", touchess: [] } } });
  // @ts-expect-error: misspelt `impact`
  Tool.mcp("a", { ...at, actions: { a: { tool: "a", pin: "", impakt: "high" } } });
  // @ts-expect-error: an action is not outward without a reason
  Tool.http("a", { ...at, actions: { a: { method: "PUT", path: "/", outward: { is: false } } } });
  // @ts-expect-error: only external data lies behind a tool
  Tool.http("a", { ...at, actions: { a: { method: "GET", path: "/", touches: [letters.read()] } } });
  // @ts-expect-error: an MCP server has one transport
  Tool.mcp("a", { ...at, transport: "sse", actions: { a: { tool: "a", pin: "" } } });
  // @ts-expect-error: there is no such method
  Tool.http("a", { ...at, actions: { a: { method: "LIST", path: "/" } } });
  // @ts-expect-error: a path begins with a slash
  Tool.http("a", { ...at, actions: { a: { method: "GET", path: "a" } } });
  // @ts-expect-error: clearance is never guessed
  Tool.http("a", { url: "https://a.example", actions: { a: { method: "GET", path: "/" } } });
}

const spec = {
  owner: "team@acme.example",
  purpose: "Shows types",
  expires: "2027-06-30",
  workload: { namespace: "support" },
} as const;

export function agents(): AgentDeclaration {
  // @ts-expect-error: the year comes first
  new AgentDeclaration("a", { ...spec, expires: "30.06.2027", tasks: { go: { startedBy: "user" } } });
  // @ts-expect-error: hyphens stand between
  new AgentDeclaration("a", { ...spec, expires: "2027/06/30", tasks: { go: { startedBy: "user" } } });
  // @ts-expect-error: a date is text
  new AgentDeclaration("a", { ...spec, expires: new Date(), tasks: { go: { startedBy: "user" } } });
  // @ts-expect-error: misspelt `tools`
  new AgentDeclaration("a", { ...spec, tasks: { go: { startedBy: "user", tolls: [crm.allow("read")] } } });
  // @ts-expect-error: there is no such start
  new AgentDeclaration("a", { ...spec, tasks: { go: { startedBy: "cron" } } });
  // @ts-expect-error: what starts a task is never guessed
  new AgentDeclaration("a", { ...spec, tasks: { go: {} } });
  // @ts-expect-error: a duration has a unit
  new AgentDeclaration("a", { ...spec, tasks: { go: { startedBy: "user", ttl: 900 } } });
  // @ts-expect-error: misspelt `suspended`
  new AgentDeclaration("a", { ...spec, suspend: true, tasks: { go: { startedBy: "user" } } });
  // @ts-expect-error: there is no such memory
  new AgentDeclaration("a", { ...spec, memory: "none", tasks: { go: { startedBy: "user" } } });
  // @ts-expect-error: there is no such federation
  new AgentDeclaration("a", { ...spec, credentials: { federated: "saml" }, tasks: { go: { startedBy: "user" } } });
  // @ts-expect-error: a dataset is granted with what may be done
  new AgentDeclaration("a", { ...spec, tasks: { go: { startedBy: "user", data: [orders] } } });
  // @ts-expect-error: a tool is granted with its actions
  new AgentDeclaration("a", { ...spec, tasks: { go: { startedBy: "user", tools: [crm] } } });
  // @ts-expect-error: an owner is required
  new AgentDeclaration("a", { purpose: "a", expires: "2027-06-30", workload: spec.workload, tasks: {} });
  return new AgentDeclaration("a", { ...spec, tasks: { go: { startedBy: ["user", "event"], ttl: "15m" } } });
}

export function controls(agent: AgentDeclaration): void {
  // @ts-expect-error: misspelt `decisionGoodFor`
  Approval.from("leads", { decisionGood: "5m" });
  // @ts-expect-error: there is no such period
  Budget.sum("amount", 1, { per: "week" });
  // @ts-expect-error: an order needs both sides
  Order.of({ first: crm.allow("read") });
  // @ts-expect-error: there is no such unit
  Ttl.from("1d", "here", "ttl");
  // @ts-expect-error: misspelt `depth`
  Delegation.to(agent, "go", { dept: 1 });
  // @ts-expect-error: a fleet takes classes, which carry the declaration
  Fleet.of(agent);
  Fleet.of({ declaration: agent });
}
