import type { User } from "../../domain";
import { deniedBy } from "../refusal/denied";
import type { FleetView } from "../registry/registry";
import type { ExactRequest } from "./digest";

/** A person who was authenticated */
export interface Person extends User {
  /** As the issuer has verified it: an owner is known by it. Who has none decides on nothing. */
  readonly email: string;
}

/**
 * Owners of the agent and of its delegators, each once.
 *
 * @throws Refusal `agent.unknown` where one of them is not declared: nobody could say whose it is
 */
export function ownersOf(fleet: FleetView, { agent, chain }: Pick<ExactRequest, "agent" | "chain">): readonly string[] {
  const owners = [agent, ...chain.map(({ spiffeId }) => spiffeId)].map((spiffeId) => {
    const owner = fleet.agentOf(spiffeId)?.owner;
    if (owner === undefined) throw deniedBy("agent.unknown");
    return owner;
  });
  return [...new Set(owners)];
}

/** By e-mail or by subject, whatever the case: issuers differ in what they write. */
export function isOneOf(owners: readonly string[], { subject, email }: Person): boolean {
  const names = [subject, email].map((name) => name.toLowerCase());
  return owners.some((owner) => names.includes(owner.toLowerCase()));
}
