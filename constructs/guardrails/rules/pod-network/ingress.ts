import { openingsOf } from "../../private/other-network-policies";
import { openTrafficOf, POLICY_TYPES } from "../../private/network-policies";
import { publishedPortsOf } from "../../private/published-ports";
import type { BlockRule } from "../../rule";

/** What a load balancer of the same stack publishes is public on purpose, at its ports alone. */
export const ingress: BlockRule = {
  id: "AMBIT-POD-NETWORK-INGRESS",
  severity: "high",
  what: "a network policy must name who may connect to pods",
  why: "each pod of the cluster, a broken one too, reaches an agent past the gateway that decides",
  fix: "name the pods and namespaces with their ports",
  standards: ["sp800-207/2", "owasp-asi/ASI07", "owasp-asi/ASI08", "sp800-53/SC-7", "maestro/L4"],
  looksAt: POLICY_TYPES,
  *check(block, stack) {
    for (const { at, reach, written } of openingsOf(block, "ingress"))
      yield { what: `from::${reach}`, at, evidence: written };
    for (const { at, reach, ports, written } of openTrafficOf(block, stack, "ingress")) {
      const published = publishedPortsOf(block, stack);
      if (ports.length > 0 && ports.every((port) => published.has(port))) continue;
      yield { what: `from::${reach}`, at, evidence: written };
    }
  },
};
