import { AuditLedger } from "../../../runtime/audit/ledger";
import { systemClock } from "../../../runtime/clock";
import { onceKey } from "../../../runtime/store/keys";
import { storeAt } from "./state-table";

/**
 * A process that writes one act after the other, says which was answered, and is killed meanwhile. Arguments: address of
 * the store, table, name of the writer.
 */
async function main(url: string, table: string, writer: string): Promise<void> {
  const ledger = new AuditLedger({ store: storeAt(url, table), writer });
  for (let number = 1; ; number++) {
    await ledger.commit({
      writes: [{ kind: "put", key: onceKey(writer, `${number}`), value: number, when: "absent" }],
      event: { kind: "written", time: systemClock(), facts: { number } },
    });
    process.stdout.write(`answered ${number}\n`);
  }
}

const [url, table, writer] = process.argv.slice(2) as [string, string, string];
void main(url, table, writer);
