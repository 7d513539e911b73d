import { Agent, Approval, Budget, Order } from "../../constructs";
import { orders } from "../data";
import { payments } from "../tools";

const look = payments.allow("find");
const pay = payments.allow("refund");

export class RefundClerk extends Agent.define("refund-clerk", {
  owner: "finance-systems@acme.example",
  purpose: "Pays out refunds that a controller has approved, after looking at the order",
  expires: "2027-03-31",
  workload: { namespace: "finance" },
  tasks: {
    payout: {
      startedBy: "user",
      tools: [payments.allow("find", "refund")],
      data: [orders.readWrite()],
      approval: Approval.from("finance-controllers", { decisionGoodFor: "10m" }),
      budget: [Budget.perDay(50), Budget.sum("amount", 5_000, { per: "day", of: pay })],
      order: Order.of({ first: look, then: pay }),
    },
  },
}) {}
