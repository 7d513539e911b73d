import { Agent, Approval, Dataset, Fleet, Tool } from "../../../constructs";
import { HOSTS } from "../gateway/gateway-fleet";
import { OFFICE } from "./keycloak-realm";

/** The group that decides */
export const APPROVERS = "support-leads";

const privateAddress = { reason: "the tools of the tests run on this machine" };

/**
 * One agent, each of whose payments a person decides on
 *
 * @param port of the tools
 * @param granted action that it may take
 */
export function oversightFleet(port: number, granted: "refund" | "status" = "refund"): Fleet {
  const orders = Dataset.external("orders", { sensitivity: "internal" });
  const text = { type: "string", maxLength: 40_000 } as const;
  const till = Tool.http("till", {
    url: `https://${HOSTS.till}:${port}`,
    clearance: "internal",
    actsAs: { service: "robot" },
    privateAddress,
    actions: {
      refund: {
        method: "POST",
        path: "/refunds/{order}",
        impact: "high",
        outward: { is: true, reason: "the customer gets the money" },
        touches: [orders.write()],
        body: {
          type: "object",
          additionalProperties: false,
          properties: {
            amount: { type: "number", minimum: 0, maximum: 500 },
            note: text,
            lines: { type: "array", maxItems: 100, items: text },
          },
          required: ["amount"],
        },
      },
      status: { method: "GET", path: "/refunds/{order}", impact: "low" },
    },
  });

  class Payer extends Agent.define("payer", {
    owner: "office@acme.example",
    purpose: "Pays refunds",
    expires: "2027-06-30",
    workload: { namespace: "office" },
    clients: [OFFICE],
    tasks: {
      settle: {
        startedBy: "user",
        tools: [till.allow(granted)],
        data: [orders.write()],
        approval: Approval.from(APPROVERS),
      },
    },
  }) {}

  return Fleet.of(Payer);
}
