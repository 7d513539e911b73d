import { valuesOf } from "../../../../iam";
import { alwaysAttachedTo } from "../../attached";
import { grantsOf } from "../../grants";
import type { BlockRule } from "../../rule";

/** Left out, a policy allows every request to every account. A gateway load balancer's endpoint has none. */
export const endpointPolicy: BlockRule = {
  id: "AMBIT-NETWORK-ENDPOINT-POLICY",
  severity: "medium",
  what: "an endpoint of the network must limit which requests pass it",
  why: "an agent copies data into an attacker's account of the same service, by a way that no egress rule closes",
  fix: "write a policy that names actions, and accounts by aws:ResourceAccount",
  standards: ["sp800-53/SC-7", "maestro/L4", "sp800-207/2", "owasp-asi/ASI02", "owasp-asi/ASI05"],
  looksAt: ["aws_vpc_endpoint", "aws_vpc_endpoint_policy"],
  *check(block, stack) {
    if (block.body["vpc_endpoint_type"] === "GatewayLoadBalancer") return;
    const isLeftOut = (block.body["policy"] ?? "") === "";
    const isEndpoint = block.type === "aws_vpc_endpoint";
    if (
      isEndpoint &&
      isLeftOut &&
      alwaysAttachedTo(block, stack, "aws_vpc_endpoint_policy", "vpc_endpoint_id").length === 0
    ) {
      yield { what: "policy", at: "policy", evidence: block.body["service_name"] ?? null };
    }
    for (const { at, statement, evidence } of grantsOf(block, stack, "endpoint")) {
      const isOpen = valuesOf(statement.Action).includes("*") && statement.Condition === undefined;
      if (isOpen && valuesOf(statement.Resource).includes("*")) yield { what: "Action::*", at, evidence };
    }
  },
};
