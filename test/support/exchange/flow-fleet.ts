import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, type TaskSpec, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import type { FleetView } from "../../../runtime/registry/registry";

export const FLOW_AGENTS = ["ann", "ben", "cat"] as const;
export type FlowAgent = (typeof FLOW_AGENTS)[number];

/** What each of them may do, a task each; the names say what the model (flow-model.ts) makes of it */
export const DEEDS = {
  /** Calls a tool that reads confidential data */
  read: { via: "tool", tool: "vault", action: "read", reads: "confidential" },
  /** Calls a tool that may be told public things alone */
  post: { via: "tool", tool: "board", action: "post", writes: "public" },
  /** Calls a tool that reads what strangers wrote, and nothing confidential */
  intake: { via: "tool", tool: "mail", action: "read", untrusted: true },
  /** Calls an action of high impact, which nobody approves */
  pay: { via: "tool", tool: "bank", action: "pay", high: true },
  /** Holds AWS credentials that read confidential data */
  load: { via: "aws", reads: "confidential" },
  /** Holds AWS credentials that read public data of strangers */
  crawl: { via: "aws", reads: "public", untrusted: true },
  /** Holds AWS credentials that write public data */
  publish: { via: "aws", writes: "public" },
  /** Hands work on */
  hand: { via: "exchange" },
} as const;
export type Deed = keyof typeof DEEDS;

const secrets = Dataset.external("secrets", { sensitivity: "confidential" });
const letters = Dataset.external("letters", { sensitivity: "public", untrusted: true });
const files = Dataset.bucket("files", { bucket: "acme-files", prefix: "in/", sensitivity: "confidential" });
const crawled = Dataset.bucket("crawled", {
  bucket: "acme-web",
  prefix: "in/",
  sensitivity: "public",
  untrusted: true,
});
const site = Dataset.bucket("site", { bucket: "acme-site", prefix: "out/", sensitivity: "public", untrusted: true });

const plain = { untrustedOutput: false, actsAs: { service: "flow" } } as const;
const vault = Tool.http("vault", {
  ...plain,
  url: "https://vault.acme.example",
  clearance: "confidential",
  actions: { read: { method: "GET", path: "/secrets", touches: [secrets.read()] } },
});
const board = Tool.http("board", {
  ...plain,
  url: "https://board.acme.example",
  clearance: "public",
  actions: { post: { method: "GET", path: "/say" } },
});
const mail = Tool.http("mail", {
  ...plain,
  url: "https://mail.acme.example",
  clearance: "confidential",
  actions: { read: { method: "GET", path: "/letters", touches: [letters.read()] } },
});
const bank = Tool.http("bank", {
  ...plain,
  url: "https://bank.acme.example",
  clearance: "restricted",
  actions: { pay: { method: "GET", path: "/pay", impact: "high" } },
});

const startedBy = ["user", "schedule", "delegation"] as const;

function tasks(delegates: TaskSpec["delegates"]): Record<Deed, TaskSpec> {
  const hand = delegates === undefined ? { startedBy, tools: [board.allow("post")] } : { startedBy, delegates };
  return {
    read: { startedBy, tools: [vault.allow("read")], data: [secrets.read()] },
    post: { startedBy, tools: [board.allow("post")] },
    intake: { startedBy, tools: [mail.allow("read")], data: [letters.read()] },
    pay: { startedBy, tools: [bank.allow("pay")] },
    load: { startedBy, data: [files.read()] },
    crawl: { startedBy, data: [crawled.read()] },
    publish: { startedBy, data: [site.write()] },
    hand,
  };
}

const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "flow" } } as const;
const EACH = Object.keys(DEEDS) as Deed[];

class Cat extends Agent.define("cat", { ...common, purpose: "Does what it is handed", tasks: tasks(undefined) }) {}
const toCat = EACH.map((deed) => Cat.task(deed));
class Ben extends Agent.define("ben", { ...common, purpose: "Hands on to Cat", tasks: tasks(toCat) }) {}
const toBen = EACH.map((deed) => Ben.task(deed, { depth: 2 }));
class Ann extends Agent.define("ann", { ...common, purpose: "Hands on to both", tasks: tasks([...toBen, ...toCat]) }) {}

const declared = Fleet.of(Cat, Ben, Ann);

/** Every task may be started by the agent too, which synth would refuse for most of them: the exchange must hold by itself. */
function document(): FleetDocument {
  const policy = JSON.parse(policyTextOf(platform, declared));
  for (const agent of Object.values<{ tasks: Record<string, { startedBy: Record<string, true> }> }>(policy.agents)) {
    for (const task of Object.values(agent.tasks)) task.startedBy["agent"] = true;
  }
  return { registry: JSON.parse(registryJson(registryDocument({ platform, fleet: declared }))), policy };
}

/** Three agents with the same tasks, in which everything can flow everywhere but for the exchange */
export const flowFleet: FleetView = fleetView(document(), 1);
