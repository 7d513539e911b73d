import { availableParallelism } from "node:os";
import { Command } from "commander";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { type Io, Outcome, UsageError } from "../program";
import { progress } from "../progress";
import { jsonText, printable, table } from "../terminal";
import { write } from "../write-file";
import { wholeNumber } from "../whole-number";
import type { ValidatedTrail } from "./cloudtrail/trail-validation";
import {
  EXIT_CODES,
  expectedTrailOf,
  fileBytes,
  headsIn,
  placeOf,
  policyOf,
  type PolicyFlags,
  reading,
  type TrailFlags,
  trailKeysOf,
  UNSOUND,
  withPolicy,
  withTrail,
} from "./flags";

const HELP = `
Reads everything: the checkpoint with its signatures, each tile against the one above it up to the signed root, each record
against its hash and its form, and whether each writer's records are there once and in order. It writes nothing to the log.

Keep a checkpoint with --save and name it the next time with --since: that detects a log that was rolled back, or that shows you
another history than before. The writers' heads of the state store (ambit audit writers, taken before) show whether records
at the end, or all records of a writer, are missing.

With --cloudtrail, files of CloudTrail are compared with its signed digests, as aws cloudtrail validate-logs does, but offline:
--cloudtrail-keys names the public keys, as aws cloudtrail list-public-keys prints them. Files without a digest are listed, and are no
finding. CloudTrail signs for all accounts with one key: say by --cloudtrail-account and --cloudtrail-bucket which trail you expect.

With --proof and --record one record is verified offline, as ambit audit prove wrote it.

Examples:
  ambit audit verify /var/lib/ambit/log --key log.vkey --save last.checkpoint
  ambit audit verify s3://ambit-prod-audit/log/ --key log.vkey --witness witness.vkey --since last.checkpoint
  ambit audit verify --proof record.tlog-proof --record record.json --key log.vkey

${EXIT_CODES}`;

interface Flags extends PolicyFlags, TrailFlags {
  readonly since?: string;
  readonly save?: string;
  readonly writers?: string;
  readonly threads?: string;
  readonly proof?: string;
  readonly record?: string;
  readonly json?: true;
}

const OF_LOGS = ["since", "save", "writers", "threads", "region", "cloudtrail"] as const;

export function verifyCommand(io: Io): Command {
  const command = new Command("verify")
    .summary("whether a log, or the proof of one record, is what was signed")
    .description("Verify the whole log of audit records, or the offline proof of one record.")
    .argument("[log]", "folder, or s3://bucket/prefix");
  return withTrail(withPolicy(command))
    .option("--since <file>", "checkpoint that was seen before, with which the log must go on")
    .option("--save <file>", "keep the checkpoint, once all is verified")
    .option("--writers <file>", "writers' heads of the state store, as ambit audit writers prints them")
    .option("--threads <n>", "threads that verify (default: 2 for a large log, where there are as many processors)")
    .option("--proof <file>", "verify this proof of one record instead of a log")
    .option("--record <file>", "the record that --proof is of")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (log: string | undefined, flags: Flags) => {
      if (log === undefined) return verifyRecord(flags, io);
      for (const name of ["proof", "record"] as const)
        if (flags[name] !== undefined) throw new UsageError(`--${name} needs no log: leave out ${log}, or --${name}`);
      await verifyWhole(log, flags, io);
    });
}

async function verifyWhole(log: string, flags: Flags, io: Io): Promise<void> {
  const { since, writers, save, json } = flags;
  const policy = policyOf(flags);
  const threads =
    flags.threads === undefined ? undefined : wholeNumber("--threads", flags.threads, { least: 1, most: 64 });
  const { verifyLog } = await import("./verify-log");
  const verified = await progress(
    io,
    `verifying ${log}`,
    reading(io, async () =>
      verifyLog({
        log: placeOf(log, flags),
        policy,
        ...(since !== undefined && { since: { bytes: fileBytes(since), file: since } }),
        ...(writers !== undefined && { heads: headsIn(writers) }),
        ...(threads !== undefined && { threads }),
        ...(threads === undefined && availableParallelism() < 2 && { threads: 1 }),
      }),
    ),
  );
  const trail = await trailAt(flags, io);
  const { isSound, jsonReport, textReport } = await import("./verify-report");
  const isAllSound = isSound(verified, trail);
  if (isAllSound && save !== undefined) write(save, Buffer.from(verified.checkpoint ?? []).toString("utf8"));
  io.out(json === true ? jsonReport(verified, trail) : textReport(verified, trail));
  if (!isAllSound) throw new Outcome(UNSOUND);
}

async function trailAt(flags: Flags, io: Io): Promise<ValidatedTrail | undefined> {
  const { cloudtrail: place, region } = flags;
  const [keys, expected] = [await trailKeysOf(flags), expectedTrailOf(flags)];
  if (place === undefined) return undefined;
  const { validatedTrail } = await import("./cloudtrail/validated-trail");
  return progress(io, `validating ${place}`, validatedTrail({ place, region, keys, expected }));
}

async function verifyRecord(flags: Flags, io: Io): Promise<void> {
  const { proof, record, json } = flags;
  if (proof === undefined || record === undefined)
    throw new UsageError("name a log, or both --proof and --record of one record");
  for (const name of OF_LOGS)
    if (flags[name] !== undefined) throw new UsageError(`--${name} is for a log: leave it out with --proof`);
  const policy = policyOf(flags);
  const { checkProof, proofIn } = await import("../../runtime/audit/tlog/tlog-proof");
  const bytes = fileBytes(record);
  const text = fileBytes(proof).toString("utf8");
  try {
    const { index } = proofIn(text);
    const { origin, size } = checkProof(bytes, proofIn(text), policy);
    if (json === true) io.out(`${jsonText({ isSound: true, origin, size, index }, 2)}\n`);
    else io.out(table([["sound", `${printable(record)} is entry ${index} of ${size} in ${printable(origin)}`]]));
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    if (json === true) io.out(`${jsonText({ isSound: false, what: error.message }, 2)}\n`);
    else io.out(table([["not sound", printable(error.message)]]));
    throw new Outcome(UNSOUND);
  }
}
