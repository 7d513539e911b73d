import { Fleet } from "../constructs";
import { BuildWatcher } from "./agents/build-watcher";
import { LedgerReconciler } from "./agents/ledger-reconciler";
import { PressWriter } from "./agents/press-writer";
import { RefundClerk } from "./agents/refund-clerk";
import { Researcher } from "./agents/researcher";
import { SupportTriage } from "./agents/support-triage";
import { WebReader } from "./agents/web-reader";

export const fleet = Fleet.of(
  BuildWatcher,
  LedgerReconciler,
  PressWriter,
  RefundClerk,
  Researcher,
  SupportTriage,
  WebReader,
);
