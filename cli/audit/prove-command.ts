import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { CliError, type Io, UsageError } from "../program";
import { progress } from "../progress";
import { jsonText, printable, table } from "../terminal";
import { write } from "../write-file";
import { wholeNumber } from "../whole-number";
import { collected, EXIT_CODES, placeOf, policyOf, type PolicyFlags, reading, withCache, withPolicy } from "./flags";
import type { OpenedLog } from "./opened-log";
import type { PlacedRecord } from "./verified-records";

const HELP = `
Writes two files for each record: the record as the log has it, and its proof (C2SP tlog-proof, at most 2 KB), which ambit audit
verify --proof checks offline, as do other tools. The recipient needs only the log's key, and learns nothing about other records.

Examples:
  ambit audit prove /var/lib/ambit/log --key log.vkey --record 4711
  ambit audit prove s3://ambit-prod-audit/log/ --key log.vkey --writer 6f1c… --sequence 17 --out proofs
  ambit audit prove s3://ambit-prod-audit/log/ --key log.vkey --token 3a8e6b0e-8c3c-4d5e-9d5f-1f2e3d4c5b6a

${EXIT_CODES}`;

interface Flags extends PolicyFlags {
  readonly record?: string;
  readonly writer?: string;
  readonly sequence?: string;
  readonly token: readonly string[];
  readonly out: string;
  readonly cache?: string;
  readonly json?: true;
}

interface Written {
  readonly index: number;
  readonly kind: string;
  readonly record: string;
  readonly proof: string;
}

export function proveCommand(io: Io): Command {
  const command = new Command("prove")
    .summary("write one record with a proof that is verified offline")
    .description("Write records and the proof that each is in the log.")
    .argument("<log>", "folder, or s3://bucket/prefix");
  return withCache(withPolicy(command))
    .option("--record <index>", "entry of the log, from 0 on")
    .option("--writer <name>", "writer of the record")
    .option("--sequence <n>", "the writer's number of the record, from 1 on")
    .option("--token <jti>", "all records of a token; can be repeated", collected, [])
    .option("--out <folder>", "where the files are written", ".")
    .option("--json", "print what was written as JSON")
    .addHelpText("after", HELP)
    .action(async (log: string, flags: Flags) => {
      const find = finder(flags);
      const policy = policyOf(flags);
      const { openedLog } = await import("./opened-log");
      const { memoryOf } = await import("./indexed-log");
      const proving = reading(io, async () => {
        const opened = await openedLog(placeOf(log, flags), policy, memoryOf(policy, flags.cache));
        return written(opened, await find(opened), flags.out);
      });
      const files = await progress(io, `proving records of ${log}`, proving);
      if (flags.json === true) return io.out(`${jsonText(files, 2)}\n`);
      io.out(table(files.map(({ index, kind, record, proof }) => [`${index}`, printable(kind), record, proof])));
    });
}

/** @throws UsageError */
function finder(flags: Flags): (opened: OpenedLog) => Promise<readonly PlacedRecord[]> {
  const { record, writer, sequence, token } = flags;
  if ((writer === undefined) !== (sequence === undefined)) throw new UsageError("name both --writer and --sequence");
  const ways = [record !== undefined, writer !== undefined, token.length > 0].filter(Boolean).length;
  if (ways !== 1) throw new UsageError("name one of --record, --writer with --sequence, and --token");
  if (record !== undefined) {
    const index = wholeNumber("--record", record);
    return async ({ records }) => {
      if (index < records.size) return [await records.at(index)];
      throw new CliError(`there is no record ${index}: the log has ${records.size}`);
    };
  }
  const wanted =
    writer === undefined
      ? token.map((jti) => ["token", jti] as const)
      : [["writer", `${writer}#${wholeNumber("--sequence", sequence as string, { least: 1 })}`] as const];
  return async (opened) => {
    const { indexOf } = await import("./indexed-log");
    const index = await indexOf(opened, policyOf(flags), flags.cache);
    const found = (await Promise.all(wanted.map(([by, value]) => index.find(by, value)))).flat();
    if (found.length > 0) return found;
    throw new CliError(`the log has no record of ${wanted.map((key) => key.join(" ")).join(", ")}`);
  };
}

async function written(
  { tree, checkpoint }: OpenedLog,
  records: readonly PlacedRecord[],
  out: string,
): Promise<readonly Written[]> {
  const { TreeHashes } = await import("../../runtime/audit/tlog/tree-hashes");
  const { proofText } = await import("../../runtime/audit/tlog/tlog-proof");
  mkdirSync(out, { recursive: true });
  const hashes = new TreeHashes(tree.head.size, tree.readTile);
  const files: Written[] = [];
  for (const { index, bytes, record } of records) {
    const [text, proof] = [join(out, `record-${index}.json`), join(out, `record-${index}.tlog-proof`)];
    write(text, bytes.toString("utf8"));
    write(proof, proofText({ index, hashes: await hashes.inclusionProof(index), checkpoint }));
    files.push({ index, kind: record.kind, record: text, proof });
  }
  return files;
}
