import type { AuditRecord } from "../../../runtime/audit/audit";
import { storeAt } from "../exchange/state-table";
import { recordsIn } from "../exchange/written-records";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { STATE_TABLE } from "./aws/account";
import type { Control } from "./control-checks";

const RECORD_SECONDS = 120;
/** What calls and users' requests leave: kind, agent, task, call, and how it ended or why not */
const RECORDS = [
  "call.refused refund-clerk payout payments.refund approval.required,order.broken",
  "call.spent refund-clerk look payments.find",
  "call.outcome refund-clerk look payments.find succeeded",
  "approval.requested refund-clerk payout payments.refund",
  "run.begun support-triage answer",
  "call.spent support-triage answer zendesk.read",
  "call.outcome support-triage answer zendesk.read succeeded",
  "call.outcome support-triage answer claude.ask failed",
];

/** What is on record of it all, in the exchange's table */
export function recordChecks(suite: Suite, { aws }: Control, done: readonly Check[]): void {
  suite.check("records: each call is on record in the table, without a gap", [aws, ...done], async ([account]) => {
    const store = storeAt(account.url, STATE_TABLE);
    let told: readonly string[] = [];
    try {
      await until(
        async () => {
          told = (await recordsIn(store)).map(toldOf);
          return RECORDS.every((record) => told.includes(record));
        },
        RECORD_SECONDS,
        () =>
          `"${RECORDS.filter((record) => !told.includes(record)).join('" and "')}" are not among "${told.join('", "')}"`,
      );
    } finally {
      await store.close();
    }
  });
}

function toldOf({ kind, facts }: AuditRecord): string {
  const { agent, task, call, outcome, codes } = facts;
  return [kind, agent, task, call, outcome ?? codes].filter((fact) => fact !== undefined && fact !== null).join(" ");
}
