import { policyTextOf } from "../../../constructs/platform/documents";
import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { registryJson } from "../../../domain";
import { fleet } from "../../../fleet";
import { platform } from "../../../fleet/platform";
import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import type { FleetView } from "../../../runtime/registry/registry";

/** Who starts tasks in the example, as the registry names them */
export const EXAMPLE_TRUST = {
  issuers: [
    {
      issuer: "https://login.acme.example",
      jwksUri: "https://login.acme.example/.well-known/jwks.json",
      algorithms: ["ES256", "RS256"],
    },
  ],
  starters: [
    {
      issuer: "https://scheduler.acme.example",
      jwksUri: "https://scheduler.acme.example/.well-known/jwks.json",
      algorithms: ["ES256"],
      starts: ["event", "schedule"],
    },
  ],
};

/** What synth writes of the example fleet, as it reads back */
export const exampleDocument: FleetDocument = {
  registry: { ...JSON.parse(registryJson(registryDocument({ platform, fleet }))), trust: EXAMPLE_TRUST },
  policy: JSON.parse(policyTextOf(platform, fleet)),
};

/** The example fleet as the exchange sees it */
export const exampleFleet: FleetView = fleetView(exampleDocument, 1);
