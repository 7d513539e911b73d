import { AuditLedger } from "../../../runtime/audit/ledger";
import { auditRecordKey, auditWriterKey } from "../../../runtime/store/keys";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { LogWorld } from "./log-world";
import type { RunningLogProcess } from "./running-log-process";

const ACTS = 20;
const CHECKPOINT = "checkpoint";

/** What the log's files alone cannot tell, as each of them is sound: it is found by who compares them with the store. */
const LOSSES: readonly (readonly [
  what: string,
  lose: (world: LogWorld) => Promise<RunningLogProcess>,
  found: RegExp,
])[] = [
  [
    "the log was set back to an earlier checkpoint",
    async (world) => {
      const before = await world.log.object(CHECKPOINT);
      await worked(world);
      await world.log.overwrite(CHECKPOINT, before);
      return world.process(ACTS);
    },
    /the checkpoint of s3:\/\/\S+ is another one than was written last/,
  ],
  [
    "a writer is lost",
    async (world) => {
      await world.store.write([{ kind: "delete", key: auditWriterKey(await worked(world)), when: "present" }]);
      return world.process(ACTS);
    },
    /the store has lost the writer \S+, of which the log has 20/,
  ],
  [
    "a record is lost that is not in the log yet",
    async (world) => {
      const ledger = new AuditLedger({ store: world.store, writer: "killed" });
      for (const number of [1, 2, 3])
        await ledger.commit({ writes: [], event: { kind: "written", time: 1, facts: { number } } });
      await world.store.write([{ kind: "delete", key: auditRecordKey("killed", 2), when: "present" }]);
      return world.process(ACTS);
    },
    /the store has lost record 2 of the writer killed/,
  ],
  [
    "another store writes to it",
    async (world) => world.process(ACTS, await world.forkedTable()),
    /was written with other bytes|is another one than was written last/,
  ],
];

export function lossChecks(suite: Suite, moto: Check<Moto>): void {
  for (const [index, [what, lose, found]] of LOSSES.entries()) {
    suite.check(`a process adds nothing and says why where ${what}`, [moto], async ([stand], note) => {
      const world = await LogWorld.start(stand, `audit-loss-${index}`);
      suite.afterwards(() => world.stop());
      await worked(world);
      const process = await lose(world);
      suite.afterwards(() => process.kill());
      await process.until((lines) => lines.some(({ event }) => event === "audit.forked"));
      const because = String(process.lines.find(({ event }) => event === "audit.forked")?.["because"]);
      await process.kill();
      if (!found.test(because)) throw new Error(`it said ${because}`);
      note(because);
    });
  }
}

/** A process writes, brings all into the log and ends. @returns its name as a writer */
async function worked(world: LogWorld): Promise<string> {
  const process = world.process(ACTS);
  await process.answered(ACTS);
  await process.end();
  return process.writer as string;
}
