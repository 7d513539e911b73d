import { join } from "node:path";
import { tailCommand } from "../../../cli/audit/tail-command";
import { type Io, run } from "../../../cli/program";
import { entriesOf, entryOf, LOG, LogOfRecords, WITNESS } from "../../support/audit/log-of-records";
import { called, scratch } from "../../support/cli";

const folder = scratch("audit-tail");
let count = 0;
let log: LogOfRecords;
let key: readonly string[];

/** Another cache each time: what it remembers of the log is of one test */
beforeEach(() => {
  const place = join(folder.path, `${count++}`);
  log = new LogOfRecords(join(place, "log"));
  log.write(entriesOf(20));
  key = ["--key", LOG.vkey, "--witness", WITNESS.vkey, "--cache", join(place, "cache")];
});

const tail = (...args: readonly string[]) => called([tailCommand], "tail", log.folder, ...key, ...args);

test("prints a line for each of the last records", async () => {
  const { code, stdout, stderr } = await tail("--lines", "2");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n")).toEqual([
    "      18  2026-11-30T00:53:30Z  token.issued        support-triage  txn txn-4",
    "      19  2026-11-30T00:53:30Z  token.issued        support-triage  txn txn-4",
    "",
  ]);
});

test.each<readonly [readonly string[], number]>([
  [["--txn", "txn-4"], 4],
  [["--agent", "support-triage"], 10],
  [["--agent", "unknown"], 0],
  [["--kind", "token.issued"], 10],
  [["--kind", "token."], 10],
  [["--kind", "token"], 0],
  [["--lines", "20", "--txn", "txn-0"], 4],
  [["--lines", "0"], 0],
])("filters by %j", async (args, lines) => {
  const { stdout } = await tail("--json", ...args);
  expect(stdout.split("\n").filter(Boolean)).toHaveLength(lines);
});

test("what a record says moves no cursor", async () => {
  log.write([entryOf("w", 1, { agent: "\u001b[2Jred" })]);
  expect((await tail()).stdout).toContain("\\u{1b}[2Jred");
});

test("JSON has escapes for what a terminal obeys, and reads as the record", async () => {
  const agent = "\u001b[2J\u009b2J\u007f\u202e\u2028\u{e0041}red";
  log.write([entryOf("w", 1, { agent })]);
  const { stdout } = await tail("--json");
  expect(stdout).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ facts: { agent } });
});

/** Follows the log; `then` is called once each time that so many lines are there. */
async function followed(
  steps: Readonly<Record<number, () => void>>,
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const io: Io = {
    out: (text) => {
      out += text;
      steps[out.split("\n").length - 1]?.();
    },
    err: (text) => void (err += text),
  };
  const code = await run(
    [(its) => tailCommand(its, 5)],
    ["tail", log.folder, ...key, "--follow", "--json", "--lines", "1"],
    io,
  );
  return { code, out, err };
}

test("follows the log until it does not go on from the last checkpoint: rolled back", async () => {
  const { code, out, err } = await followed({
    1: () => log.write(entriesOf(300)),
    281: () => log.write(entriesOf(299)),
  });
  expect(code).toBe(3);
  expect(out).toBe(
    entriesOf(300)
      .slice(19)
      .map((entry) => `${entry.toString()}\n`)
      .join(""),
  );
  expect(err).toContain(
    "THE LOG DOES NOT CONTINUE FROM ITS SIGNED CHECKPOINT: do not trust anything after this line\n",
  );
  expect(err).toContain("checkpoint.rollback\n  the log had 300 entries and now says 299\n");
});

test("fails when the log shows another history than before", async () => {
  const other = [entryOf("writer-0", 1, { agent: "other" }), ...entriesOf(30).slice(1)];
  const { code, out, err } = await followed({ 1: () => void log.write(other) });
  expect([code, out.split("\n").length]).toEqual([3, 2]);
  expect(err).toContain("checkpoint.split-view\n");
});

test("fails when a record that comes is not what was signed", async () => {
  const { code, out } = await followed({
    1: () => {
      log.write(entriesOf(22));
      log.flip("tile/entries/000.p/22", 2_000);
    },
  });
  expect([code, out.split("\n").length]).toEqual([3, 2]);
});

test("fails when the witness does not cosign any more", async () => {
  const { code, err } = await followed({
    1: () => {
      log.write(entriesOf(22));
      log.put(
        "checkpoint",
        Buffer.from(
          log
            .read("checkpoint")
            .toString()
            .replace(/^— witness.*\n/m, ""),
        ),
      );
    },
  });
  expect(code).toBe(3);
  expect(err).toContain("checkpoint.witness");
});

test("fails when called with a number of lines that is none", async () => {
  expect(await tail("--lines", "x")).toMatchObject({
    code: 64,
    stderr: 'ambit: --lines must be a whole number from 0 on, got "x"\n',
  });
});
