import { Agent } from "../../constructs";
import { buildLogs, digests, pullRequests } from "../data";
import { github } from "../tools";

export class BuildWatcher extends Agent.define("build-watcher", {
  owner: "developer-experience@acme.example",
  purpose: "Summarises failed builds every morning",
  expires: "2027-09-30",
  workload: { namespace: "build" },
  credentials: { federated: "oidc" },
  tasks: {
    summarise: {
      startedBy: ["schedule", "event"],
      tools: [github.allow("pull")],
      data: [buildLogs.read(), buildLogs.list(), digests.write(), pullRequests.read()],
    },
    prune: { startedBy: "schedule", data: [buildLogs.list(), buildLogs.delete()] },
  },
}) {}
