import { Agent, Approval, Budget, Order } from "../../constructs";
import { orders } from "../data";
import { payments } from "../tools";

const find = payments.allow("find");
const refund = payments.allow("refund");

export class RefundClerk extends Agent.define("refund-clerk", {
  owner: "finance-systems@acme.example",
  purpose: "Pays out refunds that a controller has approved, after looking at the order",
  expires: "2027-03-31",
  workload: { namespace: "finance" },
  tasks: {
    look: { startedBy: "user", tools: [find], data: [orders.read()] },
    payout: {
      startedBy: "user",
      tools: [refund],
      data: [orders.write()],
      approval: Approval.from("finance-controllers", { decisionGoodFor: "10m" }),
      budget: [Budget.perDay(50), Budget.sum("amount", 5_000, { per: "day", of: refund })],
      order: Order.of({ first: find, then: refund, within: "session" }),
    },
  },
}) {}
