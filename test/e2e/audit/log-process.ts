import { AuditBehind, BACKLOG_BOUNDS, type BacklogBounds } from "../../../runtime/audit/backlog";
import { AuditLedger } from "../../../runtime/audit/ledger";
import { AuditUnwitnessed } from "../../../runtime/audit/uncosigned";
import { systemClock } from "../../../runtime/clock";
import type { AuditLogConfig } from "../../../runtime/exchange/audit-log-config";
import { keepAuditLog } from "../../../runtime/exchange/server/audit-log";
import { METRICS } from "../../../domain/telemetry-names";
import { uncosignedOf } from "../../../runtime/exchange/server/witnessing";
import { refusalOf } from "../../../runtime/refusal/refusal-of";
import { onceKey } from "../../../runtime/store/keys";
import { storeAt } from "../exchange/state-table";
import type { Telemetry } from "../../../runtime/telemetry/telemetry";
import { MeasuredBacklog } from "./measured-backlog";

/** Acts that wait at a time, as requests of an exchange do */
const SIDE_BY_SIDE = 8;
const LOOK_MILLISECONDS = 50;
const REFUSED_MILLISECONDS = 250;

/**
 * A process that writes one act after the other and keeps the log, as an exchange does, until it is killed or told to end. It says what
 * it logs, how many acts were answered, and which were refused as the log is behind. Arguments: address of the store, table,
 * configuration of the log, most acts, bounds of the backlog.
 */
async function main(
  url: string,
  table: string,
  config: AuditLogConfig,
  most: number,
  bounds: BacklogBounds,
): Promise<void> {
  const [store, backlog] = [
    storeAt(url, table),
    new MeasuredBacklog(bounds, uncosignedOf(config.witnessing, systemClock)),
  ];
  const ledger = new AuditLedger({ store, backlog });
  const { writer } = ledger;
  const say = (event: string, facts: object = {}): boolean =>
    process.stdout.write(`${JSON.stringify({ event, writer, ...facts })}\n`);
  // Told twice with each look
  const telemetry: Pick<Telemetry, "measure"> = {
    measure: (metric) => (metric === METRICS.auditBacklogRecords ? backlog.looked() : undefined),
  };
  const parts = { store, backlog, writer, clock: systemClock, log: say, telemetry };
  const keeper = await keepAuditLog(config, parts);
  let isEnding = false;
  let begun = 0;
  let answered = 0;
  let refused = 0;
  /** What takes a right away */
  const stop = (number: number): Promise<void> =>
    ledger.commit({ writes: [], event: { kind: "stopped", time: systemClock(), facts: { number } }, stops: true });
  const act = async (): Promise<void> => {
    while (!isEnding && begun < most) {
      const number = ++begun;
      try {
        await ledger.commit({
          writes: [{ kind: "put", key: onceKey(writer, `${number}`), value: number, when: "absent" }],
          event: { kind: "written", time: systemClock(), facts: { number } },
        });
        say("answered", { answered: ++answered });
      } catch (error) {
        if (!(error instanceof AuditBehind || error instanceof AuditUnwitnessed)) throw error;
        await stop(number);
        say("refused", { refused: ++refused, because: error.message, code: refusalOf(error).reasons[0]?.code });
        await new Promise((resolve) => setTimeout(resolve, REFUSED_MILLISECONDS));
      }
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
  say("ended", { longest, waits: backlog.waits, refused, answered });
}

const [url, table, config, most, bounds = JSON.stringify(BACKLOG_BOUNDS)] = process.argv.slice(2) as string[] as [
  string,
  string,
  string,
  string,
  string?,
];
void main(url, table, JSON.parse(config) as AuditLogConfig, Number(most), JSON.parse(bounds) as BacklogBounds);
