import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Agent, Dataset, Fleet, Platform } from "../../../constructs";
import { policyTextOf } from "../../../constructs/platform/documents";
import { registryJson } from "../../../domain";
import { facts } from "../../../fleet/platform";
import type { FleetDocument } from "../../../runtime/registry/fleet-view";

export const INBOX = "acme-inbox";

const inbox = Dataset.bucket("inbox", { bucket: INBOX, prefix: "in/", sensitivity: "internal" });
const outbox = Dataset.bucket("outbox", { bucket: "acme-outbox", prefix: "out/", sensitivity: "internal" });

class Courier extends Agent.define("courier", {
  owner: "logistics@acme.example",
  purpose: "Carries what lies in one bucket into another",
  expires: "2027-03-31",
  workload: { namespace: "logistics" },
  tasks: {
    collect: { startedBy: ["agent", "user"], data: [inbox.read(), inbox.list()] },
    deliver: { startedBy: ["schedule", "user"], data: [outbox.write()] },
  },
}) {}

const declared = Fleet.of(Courier);

export const COURIER = `spiffe://${facts.trustDomain}/ns/logistics/sa/courier`;

/** An agent with a task that it starts by itself and one that it does not, both with data in AWS */
export function courierDocument(userIssuer: string, starterIssuer: string): FleetDocument {
  const algorithms = ["ES256"] as const;
  const platform = new Platform({
    ...facts,
    issuers: [{ issuer: userIssuer, jwksUri: `${userIssuer}/keys`, algorithms }],
    starters: [{ issuer: starterIssuer, jwksUri: `${starterIssuer}/keys`, algorithms, starts: ["event", "schedule"] }],
  });
  return {
    registry: JSON.parse(registryJson(registryDocument({ platform, fleet: declared }))),
    policy: JSON.parse(policyTextOf(platform, declared)),
  };
}
