import { Agent, type AgentSpec, Fleet } from "../../../constructs";

const spec: AgentSpec<"answer"> = {
  owner: "support@acme.example",
  purpose: "Answers support tickets",
  expires: "2027-06-30",
  workload: { namespace: "support", serviceAccount: "triage" },
  tasks: { answer: { startedBy: "user" } },
};

class Answerer extends Agent.define("answerer", spec) {}
class Triage extends Agent.define("triage", spec) {} // here

export const fleet = Fleet.of(Triage, Answerer);
