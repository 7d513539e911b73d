import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { auditCommand } from "../../../cli/audit";
import { entriesOf, entryOf, keysOf, LOG, LogOfRecords, WITNESS } from "../../support/audit/log-of-records";
import { called, scratch } from "../../support/cli";

const folder = scratch("audit-prove");
const log = new LogOfRecords(join(folder.path, "log"));
const [cache, out] = [join(folder.path, "cache"), join(folder.path, "out")];
/** More than the index takes into a segment, and some behind it */
const COUNT = 16_500;
const entries = entriesOf(COUNT).map((entry, at) =>
  at % 4_000 === 3_000 ? entryOf(`writer-${at % 2}`, at / 2 + 1, { token: "jti-1", txn: "t" }) : entry,
);

const audit = (...args: readonly string[]) => called([auditCommand], "audit", ...args);
const key = ["--key", LOG.vkey, "--witness", WITNESS.vkey];
const prove = (...args: readonly string[]) =>
  audit("prove", log.folder, ...key, "--cache", cache, "--out", out, "--json", ...args);
const verify = (index: number, ...args: readonly string[]) => {
  const file = join(out, `record-${index}`);
  return audit("verify", "--proof", `${file}.tlog-proof`, "--record", `${file}.json`, ...key, ...args);
};

beforeAll(() => void log.write(entries));

test.each<readonly [readonly string[], readonly number[]]>([
  [["--record", "0"], [0]],
  [["--record", "16499"], [16_499]],
  [["--writer", "writer-1", "--sequence", "8000"], [15_999]],
  [["--writer", "writer-0", "--sequence", "8250"], [16_498]],
  [
    ["--token", "jti-1"],
    [3_000, 7_000, 11_000, 15_000],
  ],
])("%j is proven offline, by at most 2 KB each", async (wanted, indexes) => {
  const { code, stdout, stderr } = await prove(...wanted);
  expect([code, stderr]).toEqual([0, ""]);
  expect((JSON.parse(stdout) as readonly { readonly index: number }[]).map(({ index }) => index)).toEqual(indexes);
  for (const index of indexes) {
    expect(readFileSync(join(out, `record-${index}.json`))).toEqual(entries[index]);
    expect(statSync(join(out, `record-${index}.tlog-proof`)).size).toBeLessThanOrEqual(2_048);
    expect(await verify(index)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^sound {2}.* of 16500 in audit/),
    });
  }
});

test("a proof is of its record alone, of its place, and of the keys that are believed", async () => {
  await prove("--record", "5");
  const [record, proof] = [join(out, "record-5.json"), join(out, "record-5.tlog-proof")];
  const offline = (proofFile: string, recordFile: string, ...keys: readonly string[]) =>
    audit("verify", "--proof", proofFile, "--record", recordFile, "--json", ...keys);
  const other = folder.put("other.json", Buffer.concat([readFileSync(record), Buffer.from(" ")]));
  const moved = folder.put("moved.tlog-proof", readFileSync(proof, "utf8").replace("index 5", "index 4"));
  const unsigned = folder.put("unsigned.tlog-proof", readFileSync(proof, "utf8").replace("\n16500\n", "\n16501\n"));
  const results = await Promise.all([
    offline(proof, other, ...key),
    offline(moved, record, ...key),
    offline(unsigned, record, ...key),
    offline(proof, record, "--key", keysOf(LOG.key.name).vkey),
    offline(proof, record, "--key", LOG.vkey, "--witness", keysOf("w", "cosignature").vkey),
    offline(record, record, ...key),
  ]);
  for (const { code, stdout } of results) expect([code, JSON.parse(stdout)]).toMatchObject([3, { isSound: false }]);
});

test("an index that is cut, deleted or of other records changes no answer that is given", async () => {
  await prove("--token", "jti-1");
  const [logFolder = ""] = readdirSync(cache);
  const segment = join(cache, logFolder, "segment-0");
  const sound = readFileSync(segment);
  for (const spoil of [() => rmSync(segment), () => folder.put(`cache/${logFolder}/segment-0`, sound.subarray(0, 9))]) {
    spoil();
    const { stdout } = await prove("--token", "jti-1");
    expect(JSON.parse(stdout)).toHaveLength(4);
  }
  // Each name leads to another record now, which does not have it.
  const doubles = new Float64Array(new Uint8Array(sound).buffer).map((value) =>
    value % 16_384 === 0 ? value : value - 1,
  );
  folder.put(`cache/${logFolder}/segment-0`, Buffer.from(doubles.buffer));
  expect(await prove("--token", "jti-1")).toMatchObject({
    code: 1,
    stderr: "ambit: the log has no record of token jti-1\n",
  });
  rmSync(segment);
});

test("fails when the record or its tile is not what was signed: nothing is written", async () => {
  for (const file of ["tile/entries/001", "tile/0/001"]) {
    log.flip(file, 100);
    const empty = join(folder.path, "empty");
    const { code, stdout, stderr } = await audit(
      "prove",
      log.folder,
      ...key,
      "--cache",
      cache,
      "--out",
      empty,
      "--record",
      "256",
    );
    log.flip(file, 100);
    expect([code, stdout]).toEqual([3, ""]);
    expect(stderr).toMatch(/^ambit: the log is not sound\n\n(entry|tile)\.other\n/);
    expect(statSync(empty, { throwIfNoEntry: false })).toBeUndefined();
  }
});

test("fails when the log was rolled back since it was read last", async () => {
  await prove("--record", "0");
  log.write(entries.slice(0, 300));
  const { code, stderr } = await prove("--record", "0");
  log.write(entries);
  expect(code).toBe(3);
  expect(stderr).toContain("checkpoint.rollback\n  the log had 16500 entries and now says 300\n");
});

test.each<readonly [readonly string[], number, string]>([
  [[], 64, "name one of --record, --writer with --sequence, and --token"],
  [["--record", "1", "--token", "t"], 64, "name one of --record, --writer with --sequence, and --token"],
  [["--writer", "w"], 64, "name both --writer and --sequence"],
  [["--record", "-1"], 64, '--record must be a whole number from 0 on, got "-1"'],
  [["--record", "16500"], 1, "there is no record 16500: the log has 16500"],
  [["--token", "t"], 1, "the log has no record of token t"],
])("fails when called with %j", async (wanted, code, message) => {
  expect(await prove(...wanted)).toEqual({ code, stdout: "", stderr: `ambit: ${message}\n` });
});

test("what a stranger's proof says is shown, and not obeyed by the terminal", async () => {
  const odd = folder.put("odd.tlog-proof", "\u009b2J\n\n");
  const { code, stdout } = await audit("verify", "--proof", odd, "--record", odd, "--json", ...key);
  expect(code).toBe(3);
  expect(stdout).not.toContain("\u009b");
  expect(JSON.parse(stdout)).toMatchObject({ what: expect.stringContaining("\u009b2J") });
});
