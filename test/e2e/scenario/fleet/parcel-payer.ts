import type { Construct } from "constructs";
import { Agent, Approval, Serve } from "../../../../constructs";
import { AgentWorkload } from "../../../../constructs/agent/agent-workload";
import { COMMANDS } from "../agent/programs";
import { courier, parcels } from "./courier";

const IMAGE = `images.acme.example/agents/parcel-payer@sha256:${"e".repeat(64)}`;

/** Has customers of lost parcels paid, each time with a person's approval */
export class ParcelPayer extends Agent.define("parcel-payer", {
  owner: "support-platform@acme.example",
  purpose: "Has the courier pay customers of lost parcels, where a controller has approved it",
  expires: "2027-06-30",
  workload: { namespace: "support" },
  tasks: {
    pay: {
      startedBy: "delegation",
      tools: [courier.allow("compensate")],
      data: [parcels.write()],
      approval: Approval.from("finance-controllers"),
    },
  },
  serves: Serve.http({ port: 8080, paths: ["/pay"], tasks: ["pay"], sensitivity: "public", clearance: "confidential" }),
}) {
  constructor(scope: Construct) {
    super(scope);
    new AgentWorkload(this, "Workload", { image: IMAGE, command: COMMANDS["parcel-payer"] });
  }
}
