import { Agent, Budget, Serve } from "../../constructs";
import { search } from "../tools";

export class WebReader extends Agent.define("web-reader", {
  owner: "knowledge@acme.example",
  purpose: "Searches the public web with questions that hold nothing internal",
  expires: "2027-05-31",
  workload: { namespace: "research" },
  tasks: {
    fetch: {
      startedBy: "delegation",
      tools: [search.allow("query")],
      budget: [Budget.perRun(10), Budget.perHour(200)],
    },
  },
  serves: Serve.a2a({
    port: 8080,
    sensitivity: "public",
    clearance: "public",
    card: {
      version: "1.0.0",
      skills: {
        fetch: { name: "Web search", description: "Answers a question from the public web", tags: ["search", "web"] },
      },
    },
  }),
}) {}
