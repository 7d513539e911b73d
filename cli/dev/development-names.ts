import { TrustDomain } from "../../domain";
import { fleet } from "../../fleet";
import { facts } from "../../fleet/platform";

/** SPIFFE ID of a service of the control plane, such as `exchange` */
export function idOf(service: string): string {
  return `spiffe://${facts.trustDomain}/ns/ambit-system/sa/ambit-${service}`;
}

/** SPIFFE ID of an agent of the example, by its name; undefined if there is no such agent */
export function spiffeIdOf(agent: string): string | undefined {
  const declared = fleet.agents.find(({ name }) => name === agent);
  return declared === undefined
    ? undefined
    : `${declared.spiffeId(TrustDomain.of(facts.trustDomain, "example platform"))}`;
}
