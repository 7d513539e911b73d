import type { AuditRecord } from "../../../runtime/audit/audit";
import { checkpointIn } from "../../../runtime/audit/tlog/checkpoint";
import { noteIn } from "../../../runtime/audit/tlog/signed-note";
import { storeAt } from "../exchange/state-table";
import { recordsIn } from "../exchange/written-records";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { AUDIT_BUCKET, type AwsAccount, STATE_TABLE } from "./aws/account";
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
export function recordChecks(suite: Suite, { aws, exchange }: Control, done: readonly Check[]): void {
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
  suite.check(
    "records: what the exchange has on record is in the audit log of its bucket",
    [aws, exchange, ...done],
    ([account], note) => inTheLog(account as AwsAccount, note),
  );
}

/** The pods reach the bucket by its name, through the addresses that their network policy allows, and sign with the key in KMS. */
async function inTheLog(account: AwsAccount, note: (text: string) => void): Promise<void> {
  const store = storeAt(account.url, STATE_TABLE);
  try {
    const written = (await recordsIn(store)).length;
    let size = 0;
    const read = async (): Promise<number> => {
      const text = await account.object(AUDIT_BUCKET, "log/checkpoint").catch(() => undefined);
      return text === undefined ? 0 : checkpointIn(noteIn(Buffer.from(text)).text).size;
    };
    await until(
      async () => (size = await read()) >= written && written > 0,
      RECORD_SECONDS,
      () => `the log has ${size} of ${written} records`,
    );
    note(`${size} records`);
  } finally {
    await store.close();
  }
}

function toldOf({ kind, facts }: AuditRecord): string {
  const { agent, task, call, outcome, codes } = facts;
  return [kind, agent, task, call, outcome ?? codes].filter((fact) => fact !== undefined && fact !== null).join(" ");
}
