import { Testing } from "cdktf";
import { Agent, type AgentSpec, Fleet } from "../../../constructs";
import { platform } from "../../../fleet/platform";
import { AgentsStack } from "../../../stacks";

const workload: AgentSpec["workload"] = { namespace: "kube-system" };

// prettier-ignore
class Triage extends Agent.define("triage", { // here
  owner: "support@acme.example",
  purpose: "Answers support tickets",
  expires: "2027-06-30",
  workload,
  tasks: { answer: { startedBy: "user" } },
}) {}

new AgentsStack(Testing.app(), "agents", { platform, fleet: Fleet.of(Triage) });
