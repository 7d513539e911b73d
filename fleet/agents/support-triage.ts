import type { Construct } from "constructs";
import { Agent, Approval, Budget, Serve } from "../../constructs";
import { AgentWorkload } from "../../constructs/agent/agent-workload";
import { articles, conversations, orders, pullRequests, tickets } from "../data";
import { images } from "../images";
import { claude, github, payments, zendesk } from "../tools";
import { Researcher } from "./researcher";

export class SupportTriage extends Agent.define("support-triage", {
  owner: "support-platform@acme.example",
  purpose: "Answers support tickets from the knowledge base, looks whether a fix is merged and proposes refunds",
  expires: "2027-06-30",
  workload: { namespace: "support" },
  clients: ["support-desk"],
  tasks: {
    answer: {
      startedBy: "user",
      tools: [zendesk.allow("read", "comment"), claude.allow("ask")],
      data: [articles.read(), conversations.readWrite(), tickets.readWrite()],
      delegates: [Researcher.task("lookup", { depth: 2 })],
    },
    fix: { startedBy: "user", tools: [github.allow("pull")], data: [pullRequests.read()] },
    refund: {
      startedBy: "user",
      tools: [payments.allow("refund"), zendesk.allow("comment")],
      data: [orders.write(), tickets.write()],
      approval: Approval.from("support-leads"),
      budget: Budget.perDay(20),
    },
  },
  serves: Serve.http({
    port: 8080,
    paths: ["/chat", "/threads/"],
    tasks: ["answer", "fix", "refund"],
    sensitivity: "public",
    clearance: "restricted",
  }),
}) {
  constructor(scope: Construct) {
    super(scope);
    new AgentWorkload(this, "Workload", { image: images["support-triage"], replicas: 2 });
  }
}
