import { deepStrictEqual as equal, ok } from "node:assert";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { Moto } from "../terraform/moto";
import { type FullStorage, fullDisk, refusingBucket } from "./full-storage";
import { LogWorld } from "./log-world";
import type { LogPrograms } from "./programs";
import type { Line } from "./running-log-process";
import { sameAsStore, verdictsOf } from "./verified";

/** An exchange's are 10 s, 60 s and 100,000. */
const BOUNDS = { alarmSeconds: 1, refuseSeconds: 4, refuseRecords: 100_000 };
/** Acts that are answered, and some that are refused */
const [ACTS, REFUSED] = [30, 12];
const SECONDS = 120;

const STORAGES: readonly (readonly [what: string, of: (world: LogWorld) => Promise<FullStorage>])[] = [
  ["the disk of its folder is full", () => fullDisk()],
  ["S3 takes nothing, for three reasons in turn", refusingBucket],
];

/** The exchange goes on as far as it may, and refuses then: what takes rights away is on record all the same. */
export function fullChecks(suite: Suite, moto: Check<Moto>, programs: Check<LogPrograms>): void {
  for (const [index, [what, storageOf]] of STORAGES.entries()) {
    suite.check(
      `full: where ${what}, it is alarmed, acts are refused but for stops, nothing is torn, and with room all comes in`,
      [moto, programs],
      async ([stand, built], note) => {
        const world = await LogWorld.start(stand, `audit-full-${index}`);
        suite.afterwards(() => world.stop());
        const full = await storageOf(world);
        suite.afterwards(() => full.stop());
        const process = world.process(undefined, undefined, { storage: full.storage, bounds: BOUNDS });
        suite.afterwards(() => process.kill());
        const has = (wanted: string) => (lines: readonly Line[]) => lines.some(({ event }) => event === wanted);
        await process.answered(ACTS);
        const hasBegun = async (): Promise<boolean> => existsSync(join(await full.copy(), "checkpoint"));
        await until(hasBegun, SECONDS, "the log has no checkpoint");
        await full.fill();
        await process.until(has("audit.failed"));
        await process.until(has("audit.behind"));
        await process.until((lines) => lines.some(({ refused }) => Number(refused) >= REFUSED));
        const because = String(process.lines.find(({ event }) => event === "audit.failed")?.["because"]);
        ok(
          full.because.some((pattern) => pattern.test(because)),
          because,
        );
        note(because);
        note(String(process.lines.find(({ event }) => event === "refused")?.["because"]));
        // Of this moment, while it is full: the checkpoint says no more than there is.
        const { fsck, check } = await verdictsOf(await full.copy(), world.log, built);
        ok(fsck !== undefined && fsck === check, `while it is full, fsck said ${fsck}, torchwood ${check}`);

        await full.makeRoom();
        await process.until(has("audit.caught-up"));
        const { answered } = process.lines.filter(({ event }) => event === "answered").at(-1) as Line;
        await process.answered(Number(answered) + ACTS);
        await process.end();
        const folder = await full.copy();
        const records = await sameAsStore(folder, world.store);
        const last = await verdictsOf(folder, world.log, built);
        ok(last.fsck !== undefined && last.fsck === last.check, `with room, fsck said ${last.fsck}`);
        const begun = readdirSync(folder, { recursive: true, encoding: "utf8" });
        equal(
          begun.filter((path) => basename(path).startsWith(".")),
          [],
        );
        const { refused } = process.lines.at(-1) as Line;
        ok(Number(refused) >= REFUSED);
        note(`${records} records, ${String(refused)} of them stops whose acts were refused`);
      },
    );
  }
}
