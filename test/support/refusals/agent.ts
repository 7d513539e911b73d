import { Agent, type AgentSpec } from "../../../constructs";

interface Team {
  readonly mail: string;
}

const team: Team = { mail: "support@acme.example" };

const common: Omit<AgentSpec, "serves" | "tasks"> = {
  owner: team.mail,
  purpose: "Answers support tickets",
  expires: "2027-06-30",
  workload: { namespace: "support" },
};

// prettier-ignore
export class Triage extends Agent.define("triage", { // here
  ...common,
  tasks: { answer: { startedBy: "user", ttl: "2h" } },
}) {}
