import { Agent, Serve } from "../../constructs";
import { drafts, pullRequests } from "../data";
import { editor, github } from "../tools";

export class ReleaseScribe extends Agent.define("release-scribe", {
  owner: "developer-experience@acme.example",
  purpose: "Drafts a release note for each pull request that is merged",
  expires: "2027-09-30",
  workload: { namespace: "build" },
  tasks: {
    note: {
      startedBy: "event",
      tools: [github.allow("pull"), editor.allow("draft")],
      data: [pullRequests.read(), drafts.write()],
      ttl: "5m",
    },
  },
  serves: Serve.http({
    port: 8080,
    paths: ["/merged"],
    tasks: ["note"],
    sensitivity: "internal",
    clearance: "internal",
  }),
}) {}
