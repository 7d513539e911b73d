import { policyTextOf } from "../../../constructs/platform/documents";
import { registryDocument } from "../../../constructs/agent/fleet-documents";
import { Fleet, registryJson } from "../../../domain";
import { fleet as example } from "../../../fleet";
import { platform } from "../../../fleet/platform";
import { type FleetDocument, fleetView } from "../../../runtime/registry/fleet-view";
import { withSelfStartingReader } from "../self-starting-reader";
import type { FleetView } from "../../../runtime/registry/registry";

/** Without what starts it: the keys of its starters are in KMS. */
const fleet = Fleet.of(...example.members);

/** What synth writes of the example fleet, as it reads back, and a task that starts itself */
export const exampleDocument: FleetDocument = {
  registry: JSON.parse(registryJson(registryDocument({ platform, fleet }))),
  policy: withSelfStartingReader(JSON.parse(policyTextOf(platform, fleet))),
};

/** The example fleet as the exchange sees it */
export const exampleFleet: FleetView = fleetView(exampleDocument, 1);
