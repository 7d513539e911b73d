import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, type TaskSpec, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import type { FleetView } from "../../../runtime/registry/registry";
import { servedPlainly } from "../served";
import type { Does, Place } from "./flow-model";

export const FLOW_AGENTS = ["ann", "ben", "cat"] as const;
export type FlowAgent = (typeof FLOW_AGENTS)[number];

const place = (name: string, sensitivity: "confidential" | "public", untrusted: boolean): Place => ({
  name,
  sensitivity,
  untrusted,
});
const PLACES = {
  secrets: place("secrets", "confidential", false),
  files: place("files", "confidential", false),
  letters: place("letters", "public", true),
  site: place("site", "public", true),
  /** Strangers read it */
  board: place("board", "public", true),
};

/** What each of them may do, a task each; in terms of the model (flow-model.ts) */
export const DEEDS = {
  /** Calls a tool that reads confidential data */
  read: { via: "tool", tool: "vault", reads: [PLACES.secrets] },
  /** Calls a tool that may be told public things alone */
  post: { via: "tool", tool: "board", writes: [PLACES.board] },
  /** Calls a tool that reads what strangers wrote, and nothing confidential */
  intake: { via: "tool", tool: "mail", reads: [PLACES.letters] },
  /** Calls an action of high impact without approval */
  pay: { via: "tool", tool: "bank", high: true },
  /** Holds AWS credentials that read confidential data */
  load: { via: "aws", reads: [PLACES.files] },
  /** Holds AWS credentials that read public data, which may be of strangers */
  crawl: { via: "aws", reads: [PLACES.site] },
  /** Holds AWS credentials that write it */
  publish: { via: "aws", writes: [PLACES.site] },
} as const satisfies Readonly<Record<string, Does & { readonly tool?: string }>>;
export type Deed = keyof typeof DEEDS;

/** A task for each deed, and one that does all that tools do, and hands on every task to the others */
export type FlowTask = Deed | "work";
export const EACH_DEED = Object.keys(DEEDS) as Deed[];
const OF_TOOLS = EACH_DEED.filter((deed) => DEEDS[deed].via === "tool");
export const FLOW_TASKS: readonly FlowTask[] = [...EACH_DEED, "work"];

export function deedsOf(task: FlowTask): readonly Deed[] {
  return task === "work" ? OF_TOOLS : [task];
}

const secrets = Dataset.external("secrets", { sensitivity: "confidential" });
const letters = Dataset.external("letters", { sensitivity: "public", untrusted: true });
const files = Dataset.bucket("files", { bucket: "acme-files", prefix: "in/", sensitivity: "confidential" });
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

const tasks: Record<FlowTask, TaskSpec> = {
  read: { startedBy, tools: [vault.allow("read")], data: [secrets.read()] },
  post: { startedBy, tools: [board.allow("post")] },
  intake: { startedBy, tools: [mail.allow("read")], data: [letters.read()] },
  pay: { startedBy, tools: [bank.allow("pay")] },
  load: { startedBy, data: [files.read()] },
  crawl: { startedBy, data: [site.read()] },
  publish: { startedBy, data: [site.write()] },
  work: { startedBy, tools: [board.allow("post")] },
};

const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "flow" } } as const;
const serves = servedPlainly(...FLOW_TASKS);
class Ann extends Agent.define("ann", { ...common, purpose: "Hands on to the others", tasks, serves }) {}
class Ben extends Agent.define("ben", { ...common, purpose: "Hands on to the others", tasks, serves }) {}
class Cat extends Agent.define("cat", { ...common, purpose: "Hands on to the others", tasks, serves }) {}
class Dan extends Agent.define("dan", {
  ...common,
  purpose: "Shows what an edge is",
  tasks: { lead: { startedBy, delegates: FLOW_TASKS.map((task) => Ann.task(task, { depth: 3 })) } },
}) {}

const declared = Fleet.of(Ann, Ben, Cat, Dan);

type Members = Readonly<Record<string, unknown>>;
type Each<T> = Record<string, { tasks: Record<FlowTask | "lead", T> }>;

/**
 * What synth would refuse, so that the exchange must hold by itself: each task may be started by the agent too, `work` does all
 * that tools do, and every agent hands everything on to every other.
 */
function document(): FleetDocument {
  const policy = JSON.parse(policyTextOf(platform, declared));
  const registry = JSON.parse(registryJson(registryDocument({ platform, fleet: declared })));
  const edges = Object.entries<{ name: string } & Each<Members>[string]>(policy.agents).find(
    ([, { name }]) => name === "dan",
  )?.[1].tasks.lead["delegates"] as Record<string, Members>;
  for (const { name, tasks } of Object.values<{ name: string } & Each<Record<string, unknown>>[string]>(
    policy.agents,
  )) {
    if (name === "dan") continue;
    const others = FLOW_AGENTS.filter((other) => other !== name);
    const delegates = Object.fromEntries(
      others.flatMap((other) =>
        Object.entries(edges).map(
          ([target, edge]) => [target.replace("ann.", `${other}.`), { ...edge, sensitivity: 3 }] as const,
        ),
      ),
    );
    Object.assign(tasks.work, { delegates }, merged(tasks, ["actions", "data", "tools"]));
    for (const task of FLOW_TASKS) (tasks[task]["startedBy"] as Record<string, true>)["agent"] = true;
  }
  for (const name of FLOW_AGENTS) {
    const { tasks } = registry.agents[name] as Each<Record<string, unknown>>[string];
    Object.assign(tasks.work, merged(tasks, ["data", "tools"]));
  }
  return { registry, policy };
}

function merged(tasks: Record<string, Record<string, unknown>>, members: readonly string[]): Members {
  const of = (member: string) => OF_TOOLS.map((deed) => tasks[deed]?.[member] as Members);
  return Object.fromEntries(members.map((member) => [member, Object.assign({}, ...of(member)) as Members]));
}

/** Three agents with the same tasks, in which everything can flow everywhere but for the exchange */
export const flowFleet: FleetView = fleetView(document(), 1);
