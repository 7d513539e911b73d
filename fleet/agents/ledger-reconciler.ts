import { Agent } from "../../constructs";
import { erpLogin, ledger, reconciliations } from "../data";
import { claude } from "../tools";

export class LedgerReconciler extends Agent.define("ledger-reconciler", {
  owner: "finance-systems@acme.example",
  purpose: "Compares each night's ledger with the bank's and writes down what differs",
  expires: "2027-03-31",
  workload: { namespace: "finance" },
  session: { idle: "15m", total: "2h" },
  tasks: {
    reconcile: {
      startedBy: "schedule",
      tools: [claude.allow("ask")],
      data: [ledger.read(), reconciliations.readWrite()],
      ttl: "45m",
    },
    login: { startedBy: "schedule", data: [erpLogin.read()], ttl: "5m" },
  },
}) {}
