import { Agent, Approval, Dataset, Fleet, Tool } from "../../../constructs";
import { HOSTS } from "../gateway/gateway-fleet";
import { PINNED } from "../mcp/mcp-fleet";
import { SHOP_HOST } from "../mcp/mcp-servers";
import { OFFICE } from "./keycloak-realm";

/** The group that decides */
export const APPROVERS = "support-leads";

const privateAddress = { reason: "the tools of the tests run on this machine" };

/** An MCP server whose tool is pinned */
export interface Shop {
  readonly port: number;
  readonly pin: string;
}

/**
 * One agent, each of whose payments and orders a person decides on
 *
 * @param port of the tools
 * @param shop where it orders
 * @param granted action that it may take at the till
 */
export function oversightFleet(
  port: number,
  { port: shopPort, pin }: Shop,
  granted: "refund" | "status" = "refund",
): Fleet {
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

  const shop = Tool.mcp("shop", {
    url: `https://${SHOP_HOST}:${shopPort}/mcp`,
    clearance: "internal",
    actsAs: { service: "robot" },
    privateAddress,
    actions: { order: { tool: PINNED, pin, readOnly: true } },
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
      shop: { startedBy: "user", tools: [shop.allow("order")], approval: Approval.from(APPROVERS) },
    },
  }) {}

  return Fleet.of(Payer);
}
