import { deepStrictEqual as equal, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import type { Moto } from "../terraform/moto";
import { LogWorld } from "./log-world";
import type { Waits } from "./measured-backlog";

const ACTS = 400;

/**
 * Each record is in the tree within a second: there are four looks a second where there is something each time, and none has to be waited
 * for but the next. The looks are counted, as a busy machine takes its time for each; the times are told.
 */
export function waitChecks(suite: Suite, moto: Check<Moto>): void {
  suite.check(
    "wait: a record is in the checkpoint of the look that is under way when it is committed, or of the next one",
    [moto],
    async ([stand], note) => {
      const world = await LogWorld.start(stand, "audit-wait");
      suite.afterwards(() => world.stop());
      const process = world.process(ACTS);
      suite.afterwards(() => process.kill());
      await process.until((lines) => lines.some(({ event }) => event === "written"));
      await process.end();
      equal(
        process.lines.filter(({ event }) => event === "audit.failed" || event === "audit.behind"),
        [],
      );
      const { records, p50, p99, longest, looks } = process.lines.at(-1)?.["waits"] as unknown as Waits;
      ok(records > 0 && looks <= 1, `${looks} looks`);
      note(
        `${records} commits of ${ACTS} records: p50 ${p50} ms, p99 ${p99} ms, ${longest} ms at most; ${looks} further look at most`,
      );
    },
  );
}
