import { Agent } from "../../../constructs";

/** Not loaded by the program that is tested: it is known by its text. */
export class Unloaded extends Agent.define("unloaded", {
  owner: "finance-systems@acme.example",
  purpose: "Pays out refunds",
  expires: "2027-03-31",
  workload: { namespace: "finance" },
  tasks: { pay: { startedBy: "user" } },
}) {}
