import { registryDocument } from "../../constructs/agent/fleet-documents";
import { Agent, Fleet, Serve } from "../../constructs";
import { policyTextOf } from "../../constructs/platform/documents";
import { registryJson } from "../../domain";
import { platform } from "../../fleet/platform";
import { fleetView } from "../../runtime/registry/fleet-view";
import type { FleetView } from "../../runtime/registry/registry";

const common = { owner: "team@acme.example", expires: "2027-03-31", workload: { namespace: "desk" } } as const;
const levels = { sensitivity: "internal", clearance: "confidential" } as const;

class Reader extends Agent.define("reader", {
  ...common,
  purpose: "Looks things up for others",
  tasks: { lookup: { startedBy: "delegation" } },
  serves: Serve.a2a({
    ...levels,
    port: 8_080,
    path: "/a2a",
    card: { version: "1.0.0", skills: { lookup: { name: "Lookup", description: "Finds a page", tags: ["wiki"] } } },
  }),
}) {}

class Indexer extends Agent.define("indexer", {
  ...common,
  purpose: "Keeps the index, and is spoken to in both ways",
  tasks: { look: { startedBy: "delegation" } },
  serves: Serve.a2a({
    ...levels,
    port: 8_080,
    path: "/a2a",
    bindings: ["HTTP+JSON", "JSONRPC"],
    card: { version: "1.0.0", skills: { look: { name: "Look", description: "Finds an entry", tags: ["index"] } } },
  }),
}) {}

class Desk extends Agent.define("desk", {
  ...common,
  purpose: "Answers colleagues",
  clients: ["desk-web"],
  tasks: {
    answer: { startedBy: "user", delegates: [Indexer.task("look"), Reader.task("lookup")] },
    close: { startedBy: "user" },
    ingest: { startedBy: ["event", "schedule"] },
    idle: { startedBy: "user" },
  },
  serves: [
    Serve.http({ ...levels, port: 8_080, paths: ["/chat", "/threads/"], tasks: ["answer", "close"] }),
    Serve.http({ ...levels, name: "events", port: 8_081, paths: ["/events"], tasks: ["ingest"] }),
  ],
}) {}

class Press extends Agent.define("press", {
  ...common,
  purpose: "Writes for the public, at a host of its own",
  clients: ["press-web"],
  tasks: { draft: { startedBy: "user" } },
  serves: Serve.http({ ...levels, port: 8_080, paths: ["/"], tasks: ["draft"], host: "press.acme.example" }),
}) {}

class Hermit extends Agent.define("hermit", {
  ...common,
  purpose: "Serves no caller",
  tasks: { think: { startedBy: "agent" } },
}) {}

const fleet = Fleet.of(Desk, Hermit, Indexer, Press, Reader);

/** Agents that serve in every way, and one that does not */
export const waysFleet: FleetView = fleetView(
  {
    registry: JSON.parse(registryJson(registryDocument({ platform, fleet }))),
    policy: JSON.parse(policyTextOf(platform, fleet)),
  },
  1,
);
