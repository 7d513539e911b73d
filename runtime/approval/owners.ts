import type { User } from "../../domain";
import { deniedBy } from "../refusal/denied";
import type { FleetAgent, FleetView } from "../registry/registry";
import type { ExactRequest } from "./digest";
import { mailboxesOf, mailboxOf } from "./one-person";

/** A person who was authenticated */
export interface Person extends User {
  /** As the issuer verified it: owners are matched by it. A person without one cannot decide. */
  readonly email: string;
}

/**
 * Owners of the agent and of its delegators, without duplicates.
 *
 * @throws Refusal `agent.unknown` if one of them is not declared, so that its owner is unknown
 */
export function ownersOf(fleet: FleetView, { agent, chain }: Pick<ExactRequest, "agent" | "chain">): readonly string[] {
  const owners = [agent, ...chain.map(({ spiffeId }) => spiffeId)].flatMap((spiffeId) => {
    const declared = fleet.agentOf(spiffeId);
    if (declared === undefined) throw deniedBy("agent.unknown");
    return ownersOfAgent(declared);
  });
  return [...new Set(owners)];
}

/** Owners of now, of those agents that are still declared */
export function ownersNow(fleet: FleetView, agents: readonly string[]): readonly string[] {
  return agents.flatMap((spiffeId) => {
    const declared = fleet.agentOf(spiffeId);
    return declared === undefined ? [] : ownersOfAgent(declared);
  });
}

function ownersOfAgent({ owner, secondOwner }: FleetAgent): readonly string[] {
  return secondOwner === undefined ? [owner] : [owner, secondOwner];
}

/** By mailbox or by subject, in any case of letters: issuers differ in what they write. */
export function isOneOf(owners: readonly string[], person: Person): boolean {
  const mailboxes = mailboxesOf(person);
  const names = [person.subject, person.email].map((name) => name.toLowerCase());
  return owners.some(
    (owner) => names.includes(owner.toLowerCase()) || mailboxes.some((mailbox) => mailbox === mailboxOf(owner)),
  );
}
