import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Finding } from "../../../cli/audit/finding";
import { recordIn } from "../../../cli/audit/record";
import { RecordScan } from "../../../cli/audit/record-scan";
import { TileHasher } from "../../../cli/audit/tile-hasher";
import { verifyLog } from "../../../cli/audit/verify-log";
import { WriterRuns } from "../../../cli/audit/writer-runs";
import { Writers } from "../../../cli/audit/writers";
import { hashAbove } from "../../../runtime/audit/tlog/merkle-hash";
import { canonicalJson } from "../../../runtime/canonical-json";
import type { Value } from "../../../runtime/json";
import { entriesOf, entryOf, LOG, LogOfRecords } from "../../support/audit/log-of-records";
import { scratch } from "../../support/cli";
import { depth } from "../../support/depth";

const facts = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }), { maxKeys: 5 }) as fc.Arbitrary<
  Record<string, Value>
>;
const plainText = fc.stringMatching(/^[a-z0-9.:/-]{1,20}$/);
const plainFacts = fc.dictionary(
  plainText,
  fc.oneof(
    plainText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(plainText),
    fc.dictionary(plainText, fc.nat()),
  ),
) as fc.Arbitrary<Record<string, Value>>;

const hasForm = (some: Record<string, Value>): boolean => {
  try {
    return canonicalJson(some) !== "";
  } catch {
    return false;
  }
};

/** What the slow reader says; undefined where it refuses */
function read(bytes: Buffer): { readonly writer: string; readonly sequence: number } | undefined {
  try {
    const { writer, sequence } = recordIn(bytes);
    return { writer, sequence };
  } catch {
    return undefined;
  }
}

function known(bytes: Buffer): { readonly writer: string; readonly sequence: number } | undefined {
  const scan = new RecordScan();
  // What stands around it is not looked at.
  const within = Buffer.concat([Buffer.from("}0"), bytes, Buffer.from("0}")]);
  return scan.knows(within, 2, 2 + bytes.length) ? { writer: scan.writer, sequence: scan.sequence } : undefined;
}

test("records of plain facts are known at one look, as the slow reader reads them", () => {
  fc.assert(
    fc.property(plainText, fc.integer({ min: 1, max: 10 ** 14 }), plainFacts, (writer, sequence, some) => {
      const bytes = entryOf(writer, sequence, some);
      expect(known(bytes)).toEqual({ writer, sequence });
      expect(read(bytes)).toEqual({ writer, sequence });
    }),
  );
});

test("what is known at one look, the slow reader takes too and reads alike: any facts, any byte changed, cut or doubled", () => {
  const change = fc.oneof(
    fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(...Buffer.from('"\\{}[],:-0123456789eE. '))),
    }),
    fc.record({ at: fc.nat(), byte: fc.constant(undefined) }),
  );
  fc.assert(
    fc.property(
      plainText,
      fc.nat(),
      fc.oneof(facts.filter(hasForm), plainFacts),
      fc.array(change, { maxLength: 2 }),
      (writer, sequence, some, changes) => {
        let bytes = entryOf(writer, sequence, some);
        for (const { at, byte } of changes) {
          const place = at % bytes.length;
          const between = byte === undefined ? [] : [byte, ...(at % 3 === 0 ? [bytes[place] as number] : [])];
          bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(between), bytes.subarray(place + 1)]);
        }
        const found = known(bytes);
        if (found !== undefined) expect(read(bytes)).toEqual(found);
      },
    ),
    { numRuns: depth(20_000, 2_000) },
  );
});

test("a tile has the hash that the plain one computes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8_192, maxLength: 8_192 }), (tile) => {
      const above = new TileHasher().aboveTile(Buffer.from(tile).toString("latin1"));
      expect(Buffer.from(above, "latin1")).toEqual(hashAbove(tile));
    }),
    { numRuns: depth(50) },
  );
});

test("writers' records are found wanting if and only if they are not 1, 2, 3 … each", () => {
  const records = fc.array(fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 1, max: 6 })), { maxLength: 12 });
  fc.assert(
    fc.property(records, fc.nat({ max: 12 }), (some, cut) => {
      const findings: Finding[] = [];
      const writers = new Writers((finding) => findings.push(finding));
      // As two chunks
      for (const [from, to] of [
        [0, cut],
        [cut, some.length],
      ] as const) {
        const runs = new WriterRuns();
        for (const [at, [writer, sequence]] of some.slice(from, to).entries()) runs.add(writer, sequence, from + at);
        writers.add(runs.runs);
      }
      writers.reportGaps();
      const of = (name: string) => some.filter(([writer]) => writer === name).map(([, sequence]) => sequence);
      const isRight = ["a", "b"].every((name) => of(name).every((sequence, at) => sequence === at + 1));
      expect(findings.length === 0).toBe(isRight);
      const missing = ["a", "b"].map((name) => Math.max(0, ...of(name)) - new Set(of(name)).size);
      expect(writers.missing).toBe((missing[0] as number) + (missing[1] as number));
    }),
    { numRuns: depth(5_000, 1_000) },
  );
});

test("any byte of any file that is changed is found", async () => {
  const log = new LogOfRecords(join(scratchFolder.path, "log"));
  log.write(entriesOf(300));
  const files = (
    readdirSync(log.folder, { recursive: true, withFileTypes: true }) as {
      name: string;
      parentPath?: string;
      path: string;
      isFile(): boolean;
    }[]
  )
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(log.folder.length + 1));
  expect(files).toHaveLength(6);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.integer({ min: 1, max: 255 }), async (file, at, by) => {
      const bytes = log.read(file);
      const changed = Buffer.from(bytes);
      changed[at % changed.length] = (changed[at % changed.length] as number) ^ by;
      log.put(file, changed);
      const { found } = await verifyLog({ log: { place: log.folder }, policy: { key: LOG.key }, threads: 1 });
      log.put(file, bytes);
      // Lines of other signers are not the log's.
      const isOfWitness = file === "checkpoint" && at % bytes.length > bytes.indexOf("\n— witness");
      if (!isOfWitness) expect(found.counts).not.toEqual([]);
    }),
    { numRuns: depth(500, 100) },
  );
});

const scratchFolder = scratch("audit-properties");
