import { Backlog } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { systemClock } from "../../../runtime/clock";
import { NO_TELEMETRY } from "../../../runtime/telemetry/telemetry";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import { keepAuditLog } from "../../../runtime/exchange/server/audit-log";
import { onceKey } from "../../../runtime/store/keys";
import { storeAt } from "../exchange/state-table";

/** Acts that wait at a time, as requests of an exchange do */
const SIDE_BY_SIDE = 8;
const LOOK_MILLISECONDS = 50;

/**
 * A process that writes one act after the other and keeps the log, as an exchange does, until it is killed or told to end. It says what
 * it logs, and how many acts were answered. Arguments: address of the store, table, configuration of the log, most acts.
 */
async function main(url: string, table: string, config: AuditLogConfig, most: number): Promise<void> {
  const [store, backlog] = [storeAt(url, table), new Backlog()];
  const ledger = new AuditLedger({ store, backlog });
  const { writer } = ledger;
  const say = (event: string, facts: object = {}): boolean =>
    process.stdout.write(`${JSON.stringify({ event, writer, ...facts })}\n`);
  const parts = { store, backlog, writer, clock: systemClock, log: say, telemetry: NO_TELEMETRY };
  const keeper = await keepAuditLog(config, parts);
  let isEnding = false;
  let begun = 0;
  let answered = 0;
  const act = async (): Promise<void> => {
    while (!isEnding && begun < most) {
      const number = ++begun;
      await ledger.commit({
        writes: [{ kind: "put", key: onceKey(writer, `${number}`), value: number, when: "absent" }],
        event: { kind: "written", time: systemClock(), facts: { number } },
      });
      say("answered", { answered: ++answered });
    }
  };
  /** Seconds that a record of this process has waited for the log, at most */
  let longest = 0;
  const looking = setInterval(() => (longest = Math.max(longest, backlog.figures.oldestSeconds)), LOOK_MILLISECONDS);
  process.once("SIGTERM", () => (isEnding = true));
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, act));
  say("written");
  while (!isEnding) await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  clearInterval(looking);
  await keeper.close();
  await store.close();
  say("ended", { longest });
}

const [url, table, config, most] = process.argv.slice(2) as [string, string, string, string];
void main(url, table, JSON.parse(config) as AuditLogConfig, Number(most));
