import { AuditLedger } from "../../../runtime/audit/ledger";
import { systemClock } from "../../../runtime/clock";
import { onceKey } from "../../../runtime/store/keys";
import { StoreConflict } from "../../../runtime/store/store";
import { storeAt } from "./state-table";

/**
 * A process that wants keys at the same moment as another one, and prints which it won. Arguments: address of the store,
 * address at which both wait for each other, number of keys in each table, tables.
 */
async function main(url: string, meeting: string, count: number, tables: readonly string[]): Promise<void> {
  const all: Record<string, { readonly writer: string; readonly won: readonly number[] }> = {};
  for (const table of tables) {
    const store = storeAt(url, table);
    const ledger = new AuditLedger({ store });
    const won: number[] = [];
    for (let trial = 0; trial < count; trial++) {
      await fetch(meeting);
      if (await wins(ledger, trial)) won.push(trial);
    }
    await store.close();
    all[table] = { writer: ledger.writer, won };
  }
  process.stdout.write(JSON.stringify(all));
}

async function wins(ledger: AuditLedger, trial: number): Promise<boolean> {
  const act = {
    writes: [{ kind: "put", key: onceKey("race", `${trial}`), value: ledger.writer, when: "absent" }],
    event: { kind: "race.won", time: systemClock(), facts: { trial } },
  } as const;
  for (;;) {
    try {
      await ledger.commit(act);
      return true;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      if (error.failed.length > 0) return false;
    }
  }
}

const [url, meeting, count, ...tables] = process.argv.slice(2) as [string, string, string, ...string[]];
void main(url, meeting, Number(count), tables);
