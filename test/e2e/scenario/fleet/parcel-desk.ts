import type { Construct } from "constructs";
import { Agent, Serve } from "../../../../constructs";
import { AgentWorkload } from "../../../../constructs/agent/agent-workload";
import { articles, tickets } from "../../../../fleet/data";
import { claude, zendesk } from "../../../../fleet/tools";
import { COMMANDS } from "../agent/programs";
import { courier, parcels } from "./courier";
import { ParcelPayer } from "./parcel-payer";

const IMAGE = `images.acme.example/agents/parcel-desk@sha256:${"f".repeat(64)}`;

/** What users ask of it */
export const WAYS = {
  track: { agent: "parcel-desk", task: "help", path: "/parcels/track" },
  resend: { agent: "parcel-desk", task: "help", path: "/parcels/resend" },
  read: { agent: "parcel-desk", task: "help", path: "/tickets/read" },
  settle: { agent: "parcel-desk", task: "claim", path: "/claims/settle" },
  letter: { agent: "parcel-desk", task: "help", path: "/tickets/letter" },
} as const;

/** Has parcels sent again without a person's approval, which no agent of the example may do anything outward without */
export class ParcelDesk extends Agent.define("parcel-desk", {
  owner: "support-platform@acme.example",
  purpose: "Tells customers where their parcels are, has lost ones sent again and answers tickets about them",
  expires: "2027-06-30",
  workload: { namespace: "support" },
  clients: ["support-desk"],
  // The story shows what the runtime refuses such an agent.
  acknowledgements: [
    {
      finding: "AMBIT-AGENT-TOXIC-COMBINATION[task::help]",
      hash: "35486044eb50f724b4f60eb76049b247",
      reason: "the gateway refuses what goes out once a letter was read",
      owner: "support-platform@acme.example",
      expires: "2027-06-30",
    },
  ],
  tasks: {
    help: {
      startedBy: "user",
      tools: [courier.allow("track", "resend"), zendesk.allow("read"), claude.allow("ask")],
      data: [parcels.readWrite(), tickets.read()],
    },
    claim: {
      startedBy: "user",
      data: [articles.read()],
      delegates: [ParcelPayer.task("pay")],
    },
  },
  serves: Serve.http({
    port: 8080,
    paths: ["/parcels/", "/tickets/", "/claims/"],
    tasks: ["help", "claim"],
    sensitivity: "public",
    clearance: "confidential",
  }),
}) {
  constructor(scope: Construct) {
    super(scope);
    new AgentWorkload(this, "Workload", { image: IMAGE, command: COMMANDS["parcel-desk"] });
  }
}
