import { openingsOf } from "../../private/other-network-policies";
import { openTrafficOf, POLICY_TYPES } from "../../private/network-policies";
import type { Block } from "../../block";
import { objectOf } from "../../kubernetes-object";
import type { BlockRule } from "../../rule";
import { blockOf } from "../../value";

/**
 * The public internet by named ports, without private ranges and metadata, is what a gateway needs whose destinations have no
 * addresses. A server of SPIRE below another one knows that one by name, and by its SPIFFE ID.
 */
export const egress: BlockRule = {
  id: "AMBIT-POD-NETWORK-EGRESS",
  severity: "high",
  what: "a network policy must name where pods may connect to",
  why: "an agent that is talked into it sends what it has read to anyone, and reaches the metadata of its node",
  fix: "name the pods, namespaces or addresses with their ports, and leave the rest to the gateway",
  standards: ["sp800-207/2", "owasp-asi/ASI01", "owasp-asi/ASI02", "owasp-asi/ASI08", "sp800-53/SC-7", "maestro/L4"],
  looksAt: POLICY_TYPES,
  *check(block, stack) {
    for (const { at, reach, hasPorts, written } of openingsOf(block, "egress"))
      if (reach !== "outside" || !hasPorts) yield { what: `to::${reach}`, at, evidence: written };
    for (const { at, reach, isUnnamed, ports, written } of openTrafficOf(block, stack, "egress")) {
      const hasPorts = ports.length > 0 && !ports.includes("range") && !ports.includes("any");
      if ((reach === "outside" && hasPorts) || (isUnnamed && isNestedServer(block, ports))) continue;
      yield { what: `to::${reach}`, at, evidence: written };
    }
  },
};

function isNestedServer(block: Block, ports: readonly string[]): boolean {
  const policy = objectOf(block, "NetworkPolicy");
  const labels =
    blockOf(blockOf(blockOf(policy?.body ?? {}, "spec") ?? {}, "pod_selector") ?? {}, "match_labels") ?? {};
  const isServer =
    labels["app.kubernetes.io/name"] === "spire-server" && labels["app.kubernetes.io/part-of"] === "spire";
  return isServer && ports.length === 1 && /^\d+$/.test(ports[0] ?? "");
}
