import { readFileSync, statSync } from "node:fs";
import type { Command } from "commander";
import { isRecord } from "../../domain/is-record";
import { LogUnavailable } from "../../runtime/audit/storage/log-storage";
import { LogError } from "../../runtime/audit/tlog/log-error";
import { type NoteKey, type NoteKind, noteKeyIn } from "../../runtime/audit/tlog/note-key";
import type { LogPolicy } from "../../runtime/audit/tlog/tlog-proof";
import { CliError, type Io, Outcome, UsageError } from "../program";
import type { ExpectedTrail } from "./cloudtrail/one-trail";
import type { TrailKeys } from "./cloudtrail/public-keys";
import type { LogPlace } from "./log-reader";
import { UnsoundLog } from "./unsound-log";
import type { WriterHeads } from "./writers";

/** All was read, and the log is not sound; 1 means that its state is unknown. */
export const UNSOUND = 3;

export const EXIT_CODES = `Exit codes: 0 sound; 1 failed, or something cannot be read; 3 not sound; 64 usage error.`;

/** Whose log it is, and who else must have signed it */
export interface PolicyFlags {
  readonly key: string;
  readonly origin?: string;
  readonly witness: readonly string[];
  readonly region?: string;
}

export function withPolicy(command: Command): Command {
  return command
    .requiredOption("--key <vkey or file>", "the log's verifier key, name+id+key")
    .option("--origin <name>", "what the log calls itself (default: the key's name)")
    .option("--witness <vkey or file>", "a witness that must have cosigned; can be repeated", collected, [])
    .option("--region <region>", "AWS region of an s3://… log (default: AWS_REGION, or the profile's)");
}

/** @throws UsageError, CliError */
export function policyOf({ key, origin, witness }: PolicyFlags): LogPolicy {
  return {
    key: keyOf("--key", key, "ed25519"),
    ...(origin !== undefined && { origin }),
    witnesses: witness.map((each) => keyOf("--witness", each, "cosignature")),
  };
}

/** Key of a log. @throws UsageError, CliError */
export function logKeyOf(flag: string, given: string): NoteKey {
  return keyOf(flag, given, "ed25519");
}

export function placeOf(place: string, { region }: Pick<PolicyFlags, "region">): LogPlace {
  return { place, ...(region !== undefined && { region }) };
}

/** A folder in which the reader remembers logs */
export function withCache(command: Command): Command {
  return command.option(
    "--cache <folder>",
    "where the index lies (default: ambit/audit in $XDG_CACHE_HOME or ~/.cache)",
  );
}

/** Files of CloudTrail, and the keys by which its digests are signed */
export interface TrailFlags {
  readonly cloudtrail?: string;
  readonly cloudtrailKeys: readonly string[];
  readonly cloudtrailAccount?: string;
  readonly cloudtrailBucket?: string;
}

export function withTrail(command: Command): Command {
  return command
    .option("--cloudtrail <place>", "folder, or s3://bucket/prefix, with files of CloudTrail and their digests")
    .option(
      "--cloudtrail-keys <file>",
      "what aws cloudtrail list-public-keys printed, by which digests are verified; can be repeated",
      collected,
      [],
    )
    .option("--cloudtrail-account <id>", "AWS account whose files these must be, by the signed digests")
    .option("--cloudtrail-bucket <name>", "bucket to which they must have been delivered, by the signed digests");
}

/** Which trail must have delivered the files. @throws UsageError */
export function expectedTrailOf({ cloudtrailKeys, cloudtrailAccount, cloudtrailBucket }: TrailFlags): ExpectedTrail {
  const [account, bucket] = [cloudtrailAccount, cloudtrailBucket];
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new UsageError(`--cloudtrail-account must be the twelve digits of an AWS account, got ${account}`);
  if ((account ?? bucket) !== undefined && cloudtrailKeys.length === 0)
    throw new UsageError(
      `${account === undefined ? "--cloudtrail-bucket" : "--cloudtrail-account"} is compared with signed digests: name --cloudtrail and --cloudtrail-keys too`,
    );
  return { account, bucket };
}

/** @returns undefined if no file is named @throws UsageError, CliError */
export async function trailKeysOf({ cloudtrail, cloudtrailKeys }: TrailFlags): Promise<TrailKeys | undefined> {
  if (cloudtrailKeys.length === 0) return undefined;
  if (cloudtrail === undefined) throw new UsageError("--cloudtrail-keys is for --cloudtrail: name that too");
  const { trailKeysIn } = await import("./cloudtrail/public-keys");
  return trailKeysIn(cloudtrailKeys.map((file) => [file, fileText(file)]));
}

/** How many records each writer has written, as `ambit audit writers` prints it. @throws CliError */
export function headsIn(file: string): WriterHeads {
  let value: unknown;
  try {
    value = JSON.parse(fileText(file));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${file} cannot be read as JSON: ${(error as Error).message}`);
  }
  const heads = isRecord(value) ? Object.entries(value) : undefined;
  if (heads?.every((head): head is [string, number] => Number.isSafeInteger(head[1]) && (head[1] as number) >= 0))
    return new Map(heads);
  throw new CliError(`${file} must hold a number of records for each writer: write it with ambit audit writers`);
}

/** @throws CliError */
export function fileBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * Does something with a log, and says in one sentence where its storage does not answer.
 *
 * @throws CliError, Outcome if the log is not sound, which was said
 */
export async function reading<T>(io: Io, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof UnsoundLog) {
      const { findingsText } = await import("./verify-report");
      io.err(`ambit: the log is not sound\n${findingsText(error.findings)}`);
      throw new Outcome(UNSOUND);
    }
    if (error instanceof LogUnavailable || error instanceof LogError)
      throw new CliError(error.message, { cause: error });
    throw error;
  }
}

export function collected(value: string, others: readonly string[]): readonly string[] {
  return [...others, value];
}

function keyOf(flag: string, given: string, kind: NoteKind): NoteKey {
  const isFile = statSync(given, { throwIfNoEntry: false })?.isFile() === true;
  const vkey = (isFile ? fileText(given) : given).trim();
  let key: NoteKey;
  try {
    key = noteKeyIn(vkey);
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    const hint = isFile || given.includes("+") ? "" : `, and there is no file ${given}`;
    throw new UsageError(`${flag}: ${error.message}${hint}`);
  }
  if (key.kind === kind) return key;
  const expected = kind === "ed25519" ? "of a log, which has type 1" : "of a witness, which has type 4";
  throw new UsageError(
    `${flag} must be the key ${expected}, got the one of a ${key.kind === "ed25519" ? "log" : "witness"}`,
  );
}

function fileText(file: string): string {
  return fileBytes(file).toString("utf8");
}
