import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { entriesOf, LOG, LogOfRecords } from "../../support/audit/log-of-records";
import { scratch } from "../../support/cli";

const folder = scratch("audit-threads");

/** As a process of its own, as threads load what Node loads */
function verifiedBy(place: string): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const program = resolve(__dirname, "../../../cli/ambit.ts");
  const args = ["audit", "verify", place, "--key", LOG.vkey, "--threads", "2", "--json"];
  return spawnSync(process.execPath, ["-r", "@swc-node/register", program, ...args], { encoding: "utf8" });
}

function verified(place: string): { readonly status: number | null; readonly report: unknown } {
  const { status, stdout } = verifiedBy(place);
  return { status, report: JSON.parse(stdout) };
}

test("two threads find what one finds, each with its part of the log", () => {
  const log = new LogOfRecords(join(folder.path, "log"));
  const entries = entriesOf(40_000);
  log.write(entries);
  expect(verified(log.folder)).toMatchObject({ status: 0, report: { isSound: true, writers: 2 } });
  log.write(entries.filter((_, at) => at !== 30_000));
  log.flip("tile/entries/000", 100);
  expect(verified(log.folder)).toMatchObject({
    status: 3,
    report: {
      findings: [
        { code: "entry.other", index: 0 },
        { code: "writer.gap", writer: "writer-0", sequence: 1, index: 2 },
        { code: "writer.gap", writer: "writer-0", sequence: 15_001, index: 30_001 },
      ],
    },
  });
});

test("fails in one sentence when a thread cannot read a file of the log", () => {
  const log = new LogOfRecords(join(folder.path, "unreadable"));
  log.write(entriesOf(1_000));
  const file = join(log.folder, "tile/entries/001");
  rmSync(file);
  mkdirSync(file);
  const { status, stdout, stderr } = verifiedBy(log.folder);
  expect([status, stdout]).toEqual([1, ""]);
  // Before it, a busy machine is told of progress.
  expect(stderr).toMatch(/(^|\n)ambit: cannot read tile\/entries\/001 in \S+: EISDIR[^\n]*\n$/);
});
