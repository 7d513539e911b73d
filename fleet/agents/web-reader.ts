import { Agent, Budget } from "../../constructs";
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
}) {}
