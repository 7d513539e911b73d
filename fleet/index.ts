import { Fleet } from "../constructs";
import { BuildWatcher } from "./agents/build-watcher";
import { LedgerReconciler } from "./agents/ledger-reconciler";
import { PressWatcher } from "./agents/press-watcher";
import { PressWriter } from "./agents/press-writer";
import { RefundClerk } from "./agents/refund-clerk";
import { ReleaseScribe } from "./agents/release-scribe";
import { Researcher } from "./agents/researcher";
import { SupportTriage } from "./agents/support-triage";
import { WebReader } from "./agents/web-reader";
import { merged, workdays } from "./starters";

export const fleet = Fleet.of(
  BuildWatcher,
  LedgerReconciler,
  PressWatcher,
  PressWriter,
  RefundClerk,
  ReleaseScribe,
  Researcher,
  SupportTriage,
  WebReader,
).startedBy(merged, workdays);
