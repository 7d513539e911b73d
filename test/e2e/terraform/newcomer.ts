import { Agent } from "../../../constructs";
import { articles, digests } from "../../../fleet/data";

/** One agent more, with AWS data, in a namespace that the fleet already has. */
export class Newcomer extends Agent.define("newcomer", {
  owner: "knowledge@acme.example",
  purpose: "Joins the fleet in the rehearsal, and leaves it again",
  expires: "2027-05-31",
  workload: { namespace: "research" },
  tasks: {
    summarise: { startedBy: "schedule", data: [articles.read(), digests.write()] },
  },
}) {}

/** The same with certificates instead of the exchange: its profile is planned, because moto has no such service. */
export class CertificateBearer extends Agent.define("certificate-bearer", {
  owner: "knowledge@acme.example",
  purpose: "Is planned in the rehearsal, and never applied",
  expires: "2027-05-31",
  workload: { namespace: "research" },
  credentials: { federated: "roles-anywhere" },
  tasks: {
    collect: { startedBy: "schedule", data: [digests.read()] },
  },
}) {}
