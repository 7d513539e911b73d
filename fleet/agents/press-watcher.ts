import { Agent, Budget, Serve } from "../../constructs";
import { drafts } from "../data";
import { editor, search } from "../tools";

export class PressWatcher extends Agent.define("press-watcher", {
  owner: "communications@acme.example",
  purpose: "Drafts a summary of what the press wrote, every working day",
  expires: "2027-02-28",
  workload: { namespace: "communications" },
  tasks: {
    watch: {
      startedBy: "schedule",
      tools: [search.allow("query"), editor.allow("draft")],
      data: [drafts.write()],
      budget: Budget.perRun(20),
    },
  },
  serves: Serve.http({
    port: 8080,
    paths: ["/summary"],
    tasks: ["watch"],
    sensitivity: "public",
    clearance: "public",
  }),
}) {}
