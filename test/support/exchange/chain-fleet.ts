import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Approval, Dataset, Fleet, type Platform, Tool } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson, Serve } from "../../../domain";
import { platform } from "../../../fleet/platform";
import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import type { FleetView } from "../../../runtime/registry/registry";
import { servedPlainly } from "../served";

const service = { service: "chain" };
const records = Dataset.external("records", { sensitivity: "internal" });
const pages = Dataset.bucket("pages", { bucket: "acme-pages", prefix: "in/", sensitivity: "internal" });

const leaflets = Dataset.bucket("leaflets", { bucket: "acme-leaflets", prefix: "out/", sensitivity: "public" });

const notes = Tool.http("notes", {
  url: "https://notes.acme.example",
  clearance: "internal",
  untrustedOutput: false,
  actsAs: service,
  actions: {
    read: { method: "GET", path: "/notes/{id}", touches: [records.read()] },
    write: { method: "PUT", path: "/notes/{id}", touches: [records.write()] },
  },
});

const board = Tool.http("board", {
  url: "https://board.acme.example",
  clearance: "internal",
  untrustedOutput: false,
  actsAs: service,
  actions: { show: { method: "GET", path: "/board" } },
});

const common = {
  owner: "team@acme.example",
  expires: "2027-03-31",
  workload: { namespace: "chain" },
} as const;

class Third extends Agent.define("third", {
  ...common,
  purpose: "Finishes what others began",
  tasks: {
    finish: { startedBy: "delegation", tools: [notes.allow("read")], data: [records.read()] },
    alone: { startedBy: ["delegation", "agent"], tools: [board.allow("show")] },
  },
  serves: servedPlainly("finish", "alone"),
}) {}

class Second extends Agent.define("second", {
  ...common,
  purpose: "Works on, and hands on",
  tasks: {
    work: {
      startedBy: "delegation",
      tools: [notes.allow("read", "write"), board.allow("show")],
      data: [records.readWrite()],
      delegates: [Third.task("finish")],
      ttl: "10m",
    },
    plain: { startedBy: "delegation", tools: [board.allow("show")], delegates: [Third.task("alone")] },
  },
  serves: servedPlainly("work", "plain"),
}) {}

class First extends Agent.define("first", {
  ...common,
  purpose: "Begins chains of every shape",
  session: { idle: "20m", total: "30m" },
  tasks: {
    lead: {
      startedBy: ["user", "schedule", "event"],
      tools: [notes.allow("read", "write")],
      data: [records.readWrite()],
      delegates: [Second.task("work", { depth: 2, tools: [notes.allow("read")], ttl: "4m" })],
    },
    shallow: { startedBy: "user", tools: [board.allow("show")], delegates: [Second.task("plain")] },
    decided: {
      startedBy: ["user", "schedule"],
      tools: [notes.allow("read", "write")],
      data: [records.readWrite()],
      approval: Approval.from("support-leads", { decisionGoodFor: "10m" }),
    },
    quick: { startedBy: "user", tools: [board.allow("show")], ttl: "2m" },
    fetch: { startedBy: ["user", "schedule"], data: [pages.read()] },
    publish: { startedBy: ["user", "schedule"], data: [leaflets.write()] },
    self: { startedBy: "agent", tools: [board.allow("show")] },
  },
}) {}

class Brief extends Agent.define("brief", {
  ...common,
  purpose: "Is gone tomorrow, and idle soon",
  expires: "2026-12-02",
  session: { idle: "1m", total: "3m" },
  tasks: { look: { startedBy: ["user", "event"], tools: [board.allow("show")] } },
}) {}

class Desk extends Agent.define("desk", {
  ...common,
  purpose: "Is asked, and answers what is internal to some and everything to others",
  session: { idle: "10m", total: "12m" },
  tasks: {
    ask: { startedBy: ["user", "schedule", "event"], tools: [board.allow("show")] },
    plan: { startedBy: "user", tools: [board.allow("show")] },
  },
  serves: [
    Serve.http({
      name: "chat",
      port: 8_080,
      paths: ["/chat"],
      tasks: ["ask"],
      sensitivity: "internal",
      clearance: "internal",
    }),
    Serve.http({
      name: "plans",
      port: 8_080,
      paths: ["/plans"],
      tasks: ["plan"],
      sensitivity: "public",
      clearance: "restricted",
    }),
  ],
}) {}

const declared = Fleet.of(Third, Second, First, Brief, Desk);

/**
 * What synth writes of it for a platform, but that `publish` may start itself: synth refuses that, because `lead` would
 * lock it out. The exchange does not rely on what synth refuses.
 */
export function chainDocumentOf(of: Platform): FleetDocument {
  const registry = JSON.parse(registryJson(registryDocument({ platform: of, fleet: declared })));
  const policy = JSON.parse(policyTextOf(of, declared));
  registry.agents.first.tasks.publish.startedBy.push("agent");
  policy.agents[registry.agents.first.spiffeId].tasks.publish.startedBy.agent = true;
  return { registry, policy };
}

export const chainDocument = chainDocumentOf(platform);

/** Chains of three, edges that narrow, sessions that end soon: what the example fleet has no shape of */
export const chainFleet: FleetView = fleetView(chainDocument, 1);
