import { join } from "node:path";
import { auditCommand } from "../../../cli/audit";
import { bundleOf, entriesIn } from "../../../runtime/audit/tlog/entry-bundle";
import { leafHash } from "../../../runtime/audit/tlog/merkle-hash";
import { entriesOf, entryOf, keysOf, LOG, LogOfRecords, WITNESS } from "../../support/audit/log-of-records";
import { called, scratch } from "../../support/cli";

const folder = scratch("audit-verify");
const COUNT = 600;
/** The last, which is not full, has 88 entries. */
const [FIRST, LAST] = ["tile/entries/000", "tile/entries/002.p/88"];
const log = new LogOfRecords(join(folder.path, "log"));
const args = ["verify", log.folder, "--key", LOG.vkey, "--witness", WITNESS.vkey];

interface Report {
  readonly isSound: boolean;
  readonly writers: number;
  readonly checkpoint: { readonly size: number; readonly witnesses: readonly object[] } | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly { readonly code: string; readonly what: string; readonly fix: string }[];
}

const audit = (...some: readonly string[]) => called([auditCommand], "audit", ...some);

async function verified(
  ...more: readonly string[]
): Promise<Report & { readonly code: number; readonly stderr: string }> {
  const { code, stdout, stderr } = await audit(...args, "--json", ...more);
  return { code, stderr, ...(JSON.parse(stdout) as Report) };
}

beforeEach(() => log.write(entriesOf(COUNT)));

test.each([0, 1, 255, 256, 257, COUNT])("a log of %i records is sound", async (count) => {
  log.write(entriesOf(count));
  expect(await verified()).toMatchObject({
    code: 0,
    stderr: "",
    isSound: true,
    checkpoint: { size: count },
    writers: Math.min(count, 2),
    findings: [],
  });
});

test("says what was verified, and who cosigned it when", async () => {
  const { code, stdout, stderr } = await audit(...args);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^sound\n/);
  expect(stdout).toContain("origin   audit.acme.example\n");
  expect(stdout).toContain("records  600 of 2 writers\n");
  expect(stdout).toContain("witness  witness.other.example, 2026-11-30T00:53:20.000Z\n");
});

test("records that JSON writes with escapes, fractions and other letters are sound too", async () => {
  const facts = [{ reason: 'say "no"\n' }, { share: 0.5 }, { name: "Zoë", ключ: 1 }, { "": -0.25, z: [null, {}] }];
  log.write(facts.map((each, at) => entryOf("w", at + 1, each)));
  expect(await verified()).toMatchObject({ code: 0, writers: 1 });
});

const rewritten = (bundle: string, width: number, change: (entries: Buffer[]) => readonly Buffer[]): void =>
  log.put(bundle, bundleOf(change([...entriesIn(log.read(bundle), width)])));
const swapped = ([a, b, ...rest]: readonly Buffer[]): readonly Buffer[] => [b as Buffer, a as Buffer, ...rest];

/** Attacks on the files without the log's key */
test.each<readonly [string, () => void, Readonly<Record<string, number>>]>([
  ["a letter of a record is changed", () => log.flip(FIRST, 100), { "entry.other": 1 }],
  ["a letter of one of the last records is changed", () => log.flip(LAST, 100), { "entry.other": 1 }],
  ["two records are swapped", () => rewritten(FIRST, 256, swapped), { "entry.other": 2 }],
  [
    "a record is put twice in place of another",
    () => rewritten(FIRST, 256, ([a, , ...rest]) => [a as Buffer, a as Buffer, ...rest]),
    { "entry.other": 1 },
  ],
  ["a record is taken out", () => rewritten(FIRST, 256, ([, ...rest]) => rest), { "bundle.malformed": 1 }],
  ["a bundle is cut", () => log.put(FIRST, log.read(FIRST).subarray(0, -1)), { "bundle.malformed": 1 }],
  [
    "a bundle is longer",
    () => log.put(FIRST, Buffer.concat([log.read(FIRST), Buffer.of(0, 0)])),
    { "bundle.malformed": 1 },
  ],
  ["a bundle is gone", () => log.remove(FIRST), { "bundle.missing": 1 }],
  ["the last bundle is gone", () => log.remove(LAST), { "bundle.missing": 1 }],
  ["a hash of a record is changed", () => log.flip("tile/0/000", 33), { "tile.other": 1 }],
  ["a tile is gone", () => log.remove("tile/0/001"), { "tile.missing": 1 }],
  ["a tile is cut", () => log.put("tile/0/001", log.read("tile/0/001").subarray(32)), { "tile.malformed": 1 }],
  [
    "a tile and its bundle are changed",
    () => (log.flip(FIRST, 100), log.flip("tile/0/000", 33)),
    { "tile.other": 1, "entry.other": 2 },
  ],
  ["a tile at the edge is gone", () => log.remove("tile/1/000.p/2"), { "tile.missing": 1 }],
  ["a hash at the edge is changed", () => log.flip("tile/1/000.p/2", 0), { "root.other": 1 }],
  ["a hash of the last tile is changed", () => log.flip("tile/0/002.p/88", 0), { "root.other": 1, "entry.other": 1 }],
  ["the checkpoint is gone", () => log.remove("checkpoint"), { "checkpoint.missing": 1 }],
  ["the checkpoint is no note", () => log.put("checkpoint", Buffer.from("x\n")), { "checkpoint.malformed": 1 }],
  ["the checkpoint says another size", () => log.flip("checkpoint", 20), { "checkpoint.signature": 1 }],
])("fails when %s", async (_, change, counts) => {
  change();
  const found = await verified();
  expect(found).toMatchObject({ code: 3, isSound: false });
  expect(found.counts).toEqual(counts);
});

test("fails when a bundle and its tile were made anew, as above it another hash is signed", async () => {
  const entries = entriesOf(256).map((entry, at) => (at === 7 ? entryOf("writer-1", 4, { agent: "unknown" }) : entry));
  log.put(FIRST, bundleOf(entries));
  log.put("tile/0/000", Buffer.concat(entries.map(leafHash)));
  expect(await verified()).toMatchObject({ code: 3, counts: { "tile.other": 1, "entry.other": 1 } });
});

/** What the owner of the log does, whose key signs it all */
const other = (change: (entries: Buffer[]) => readonly Uint8Array[]): void => void log.write(change(entriesOf(COUNT)));
/** The third entry is another one. */
const withEntry = (entry: string) => (entries: Buffer[]) => put(entries, [3, Buffer.from(entry)]);
const put = (entries: readonly Buffer[], ...others: readonly (readonly [number, Buffer])[]): readonly Buffer[] =>
  Object.assign([...entries], Object.fromEntries(others));
const inserted = (entries: readonly Buffer[], at: number, entry: Buffer): readonly Buffer[] => [
  ...entries.slice(0, at),
  entry,
  ...entries.slice(at),
];
const text = entriesOf(4)[3]?.toString() as string;

test.each<readonly [string, (entries: Buffer[]) => readonly Uint8Array[], Readonly<Record<string, number>>, string]>([
  [
    "a record is dropped",
    (all) => all.filter((_, at) => at !== 100),
    { "writer.gap": 1 },
    "record 51 of writer writer-0 missing before entry 101",
  ],
  [
    "three records of a writer are dropped",
    (all) => all.filter((_, at) => ![100, 102, 104].includes(at)),
    { "writer.gap": 1 },
    "records 51 to 53 of writer writer-0 missing before entry 103",
  ],
  [
    "the first record of a writer is dropped",
    (all) => all.slice(1),
    { "writer.gap": 1 },
    "record 1 of writer writer-0 missing before entry 1",
  ],
  [
    "a record is there twice",
    (all) => inserted(all, 300, all[100] as Buffer),
    { "writer.repeated": 1 },
    "record 51 of writer writer-0 is there a second time, at entry 300",
  ],
  [
    "a record is there twice in a row",
    (all) => inserted(all, 100, all[100] as Buffer),
    { "writer.repeated": 1 },
    "record 51 of writer writer-0 is there a second time, at entry 101",
  ],
  [
    "two records of a writer are swapped",
    (all) => put(all, [100, all[102] as Buffer], [102, all[100] as Buffer]),
    { "writer.reordered": 1 },
    "record 51 of writer writer-0 stands behind later ones, at entry 102",
  ],
  ["an entry is no JSON", withEntry("{"), { "record.malformed": 1 }, "entry 3: an entry must be JSON in UTF-8"],
  ["an entry is empty", withEntry(""), { "record.malformed": 1 }, "entry 3: an entry must be JSON in UTF-8"],
  ["an entry is a list", withEntry("[]"), { "record.malformed": 1 }, "entry 3: an entry must be a JSON object"],
  [
    "a record has white space",
    withEntry(text.replace(":", ": ")),
    { "record.not-canonical": 1 },
    "entry 3: the record is not in its RFC 8785 form",
  ],
  [
    "a record's members are in another order",
    withEntry(text.replace(/"agent":"([^"]*)","txn":"([^"]*)"/, '"txn":"$2","agent":"$1"')),
    { "record.not-canonical": 1 },
    "entry 3: the record is not in its RFC 8785 form",
  ],
  [
    "a member is there twice",
    withEntry(text.replace('"agent"', '"agent":"a","agent"')),
    { "record.not-canonical": 1 },
    "entry 3: the record is not in its RFC 8785 form",
  ],
  [
    "a letter is escaped without need",
    withEntry(text.replace("support", "\\u0073upport")),
    { "record.not-canonical": 1 },
    "entry 3: the record is not in its RFC 8785 form",
  ],
  [
    "a record has half a character",
    withEntry(text.replace("support", "\\ud800")),
    { "record.not-canonical": 1 },
    "entry 3: the record has no RFC 8785 form: value.facts.agent must be a text of whole characters",
  ],
  [
    "a record has a member more",
    withEntry(text.replace('"version"', '"tokens":1,"version"')),
    { "record.malformed": 1 },
    "entry 3: a record must have the members facts, kind, sequence, time, version, writer, got facts, kind, sequence, time, tokens, version, writer",
  ],
  [
    "a record is of another version",
    withEntry(text.replace("audit/2", "audit/9")),
    { "record.malformed": 1 },
    'entry 3: a record\'s version must be ambit.audit/2, got "ambit.audit/9"',
  ],
  [
    "a record has no kind",
    withEntry(text.replace("token.issued", "")),
    { "record.malformed": 1 },
    'entry 3: a record\'s kind must be a text, got ""',
  ],
  [
    "a record has no writer",
    withEntry(text.replace("writer-1", "")),
    { "record.malformed": 1 },
    'entry 3: a record\'s writer must be a text, got ""',
  ],
  [
    "a record has the sequence 0",
    withEntry(text.replace('"sequence":2', '"sequence":0')),
    { "record.malformed": 1 },
    "entry 3: a record's sequence must be a whole number from 1 on, got 0",
  ],
  [
    "a record has no whole time",
    withEntry(text.replace(/"time":(\d+)/, '"time":$1.5')),
    { "record.malformed": 1 },
    "entry 3: a record's time must be whole seconds since the epoch, got 1796000002.5",
  ],
  [
    "a record's facts are a list",
    withEntry(text.replace(/\{"agent.*?\}/, "[]")),
    { "record.malformed": 1 },
    "entry 3: a record's facts must be an object, got []",
  ],
])("fails when the log's owner signs that %s", async (_, change, counts, what) => {
  other(change);
  const found = await verified();
  expect(found.code).toBe(3);
  expect(found.counts).toEqual(counts);
  expect(found.findings[0]?.what).toBe(what);
});

test("fails when another key signed the checkpoint in the log's name", async () => {
  const stranger = keysOf(LOG.key.name);
  log.sign(log.write(entriesOf(COUNT)), WITNESS, stranger);
  expect(await verified()).toMatchObject({ code: 3, checkpoint: null, counts: { "checkpoint.signature": 1 } });
});

test("fails when the log calls itself otherwise, unless it is named so", async () => {
  const named = new LogOfRecords(log.folder, "other.example");
  named.write(entriesOf(COUNT));
  expect(await verified()).toMatchObject({ code: 3, counts: { "checkpoint.origin": 1 } });
  expect(await verified("--origin", "other.example")).toMatchObject({ code: 0 });
});

test("fails when the witness has not cosigned, or another key has in its name", async () => {
  const head = log.write(entriesOf(COUNT));
  log.put(
    "checkpoint",
    Buffer.from(
      log
        .read("checkpoint")
        .toString()
        .replace(/^— witness.*\n/m, ""),
    ),
  );
  expect(await verified()).toMatchObject({ code: 3, counts: { "checkpoint.witness": 1 } });
  const stranger = keysOf(WITNESS.key.name, "cosignature");
  log.sign(head, { ...stranger, key: { ...stranger.key, id: WITNESS.key.id } });
  expect(await verified()).toMatchObject({ code: 3, counts: { "checkpoint.witness": 1 } });
});

describe("with a checkpoint that was seen before", () => {
  const seen = join(folder.path, "seen");
  const since = ["--since", seen];

  beforeEach(async () => {
    log.write(entriesOf(300));
    expect(await verified("--save", seen)).toMatchObject({ code: 0 });
  });

  test.each([300, 301, 512, COUNT])("a log that went on to %i records is sound", async (count) => {
    log.write(entriesOf(count));
    expect(await verified(...since)).toMatchObject({ code: 0, findings: [] });
  });

  test("fails when the log was rolled back", async () => {
    log.write(entriesOf(299));
    const found = await verified(...since);
    expect(found).toMatchObject({ code: 3, counts: { "checkpoint.rollback": 1 } });
    expect(found.findings[0]?.what).toBe("the log had 300 entries and now says 299");
  });

  test.each([
    [300, "there are two checkpoints of 300 entries with different roots"],
    [COUNT, "the log of 600 entries does not begin with the 300 that it signed before"],
  ])("fails when the log shows another history of %i entries", async (count, what) => {
    log.write(put(entriesOf(count), [0, entryOf("writer-0", 1, { agent: "another" })]));
    const found = await verified(...since);
    expect(found).toMatchObject({ code: 3, counts: { "checkpoint.split-view": 1 } });
    expect(found.findings[0]?.what).toBe(what);
  });

  test("fails when the checkpoint of before is not signed", async () => {
    folder.put("seen", log.read("checkpoint").toString().replace("\n300\n", "\n200\n"));
    expect(await verified(...since)).toMatchObject({ code: 3, counts: { "checkpoint.signature": 1 } });
  });

  test("of tiles that are false nothing is said of the history", async () => {
    log.write(entriesOf(COUNT));
    log.flip("tile/0/001", 0);
    expect((await verified(...since)).counts).toEqual({ "tile.other": 2 });
  });

  test("a checkpoint of a log that is not sound is not kept", async () => {
    log.flip(FIRST, 100);
    const other = join(folder.path, "not-kept");
    expect(await verified("--save", other)).toMatchObject({ code: 3 });
    expect((await audit("verify", log.folder, "--key", LOG.vkey, "--since", other)).code).toBe(1);
  });
});

describe("with the writers' heads of the state store", () => {
  const heads = (value: object): readonly string[] => ["--writers", folder.put("heads.json", JSON.stringify(value))];

  test("a log with all records, and with later ones, is sound", async () => {
    expect(await verified(...heads({ "writer-0": 300, "writer-1": 299, idle: 0 }))).toMatchObject({ code: 0 });
  });

  test("fails when a tail is lost", async () => {
    const found = await verified(...heads({ "writer-0": 300, "writer-1": 302 }));
    expect(found).toMatchObject({ code: 3, counts: { "writer.tail-lost": 1 } });
    expect(found.findings[0]).toMatchObject({ writer: "writer-1", sequence: 301 });
  });

  test("fails when a writer is lost", async () => {
    const found = await verified(...heads({ "writer-0": 300, "writer-2": 1 }));
    expect(found).toMatchObject({ code: 3, counts: { "writer.lost": 1 } });
    expect(found.findings[0]?.what).toBe("writer writer-2 has written up to record 1, and none is in the log");
  });
});

test("above 65,536 entries each tile is held up against two more levels", async () => {
  log.write(Array.from({ length: 66_000 }, (_, at) => entryOf("w", at + 1)));
  expect(await verified()).toMatchObject({ code: 0, checkpoint: { size: 66_000 } });
  log.flip("tile/1/000", 32);
  expect((await verified()).counts).toEqual({ "tile.other": 1 });
});

test("of many findings the first are shown, and all are counted", async () => {
  other((all) => all.map((entry) => Buffer.from(`${entry.toString()} `)));
  const { code, stdout } = await audit(...args);
  expect(code).toBe(3);
  expect(stdout).toMatch(/^not sound, 600 findings\n/);
  expect(stdout).toContain("\nand more: 500 of record.not-canonical\n");
});

test.each<readonly [readonly string[], string]>([
  [["verify"], "name a log, or both --proof and --record of one record"],
  [["verify", "--proof", "p"], "name a log, or both --proof and --record of one record"],
  [["verify", "--proof", "p", "--record", "r", "--since", "s"], "--since is for a log: leave it out with --proof"],
  [["verify", "log", "--record", "r"], "--record needs no log: leave out log, or --record"],
  [["verify", "gs://bucket"], "a log must be a folder or s3://bucket/prefix, got gs://bucket"],
  [["verify", "log", "--region", "eu-central-1"], "--region is that of an s3://… log"],
  [["verify", "log", "--threads", "0"], '--threads must be a whole number from 1 to 64, got "0"'],
])("fails when called with %j", async (some, message) => {
  expect(await audit(...some, "--key", LOG.vkey)).toEqual({ code: 64, stdout: "", stderr: `ambit: ${message}\n` });
});

test("fails when the key is none, or of the other kind", async () => {
  expect((await audit("verify", "log", "--key", LOG.vkey, "--witness", LOG.vkey)).stderr).toBe(
    "ambit: --witness must be the key of a witness, which has type 4, got the one of a log\n",
  );
  expect((await audit("verify", "log", "--key", "log.vkey")).stderr).toBe(
    'ambit: --key: a verifier key must be name+id+key, got "log.vkey", and there is no file log.vkey\n',
  );
  expect((await audit("verify", "log", "--key", WITNESS.vkey)).stderr).toBe(
    "ambit: --key must be the key of a log, which has type 1, got the one of a witness\n",
  );
});

test("fails when there is no such folder: nothing is known then, exit code 1", async () => {
  const missing = join(folder.path, "missing");
  expect(await audit("verify", missing, "--key", folder.put("log.vkey", `${LOG.vkey}\n`))).toEqual({
    code: 1,
    stdout: "",
    stderr: `ambit: there is no folder ${missing}: name the one in which the log's checkpoint lies\n`,
  });
});
