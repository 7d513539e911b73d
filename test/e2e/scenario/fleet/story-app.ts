import { Fleet, Platform } from "../../../../constructs";
import { fleet } from "../../../../fleet";
import { outbound } from "../../../../fleet/outbound";
import { facts } from "../../../../fleet/platform";
import type { Synthesized } from "../../../support/example-app";
import { synthesizeAnew } from "../../../support/synthesize";
import { ParcelDesk } from "./parcel-desk";
import { ParcelPayer } from "./parcel-payer";

/** The courier knows users by the login that payments knows them by. */
const asUser = outbound.tools?.["payments"];
if (asUser?.kind !== "token-exchange") throw new Error("the example calls payments with no token of its user");

const storyFleet = Fleet.of(...fleet.members, ParcelDesk, ParcelPayer).startedBy(...fleet.starters);
const storyPlatform = new Platform({
  ...facts,
  // The desk is critical, and the story shows what the runtime refuses it by itself.
  risk: [],
  outbound: { ...outbound, tools: { ...outbound.tools, courier: { ...asUser, scope: "parcels" } } },
});

let kept: Synthesized | undefined;

/** The example as a team adds to it: two agents, with a courier's tool */
export function storyApp(): Synthesized {
  return (kept ??= storyAppAnew());
}

export function storyAppAnew(): Synthesized {
  return synthesizeAnew(storyFleet, storyPlatform);
}
