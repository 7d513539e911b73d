import { Agent, Fleet } from "../../../constructs";
import { BuildWatcher } from "../../../fleet/agents/build-watcher";
import { LedgerReconciler } from "../../../fleet/agents/ledger-reconciler";
import { PressWatcher } from "../../../fleet/agents/press-watcher";
import { PressWriter } from "../../../fleet/agents/press-writer";
import { ReleaseScribe } from "../../../fleet/agents/release-scribe";
import { Researcher } from "../../../fleet/agents/researcher";
import { SupportTriage } from "../../../fleet/agents/support-triage";
import { WebReader } from "../../../fleet/agents/web-reader";
import { servedPlainly } from "../served";

const common = {
  owner: "finance-systems@acme.example",
  purpose: "Pays out refunds",
  expires: "2027-03-31",
  workload: { namespace: "finance" },
} as const;

class Former extends Agent.define("former", {
  ...common,
  expires: "2020-01-01",
  tasks: { pay: { startedBy: "user" } },
  // The example's gateway lets users in, so an agent serves them.
  serves: servedPlainly("pay"),
}) {}

/** Imported and not listed */
export const forgotten = [SupportTriage];

export const fleet = Fleet.of(
  BuildWatcher,
  Former,
  LedgerReconciler,
  PressWatcher,
  PressWriter,
  ReleaseScribe,
  Researcher,
  WebReader,
);
