import { readFileSync, statSync } from "node:fs";
import { Command } from "commander";
import { isRecord } from "../domain/is-record";
import type { FileDifference, FileDigests } from "../review/read/digest";
import { CliError, type Io, Outcome, UsageError } from "./program";
import { SYNTH_FOLDER } from "./synthesized";
import { printable } from "./terminal";

const HELP = `
The digest is the last line of the comment that ambit review writes, and digests.head of its JSON. With that JSON, the files
that differ are named.

Verify what a deploy is about to apply, before terraform init and from the code that is deployed already. Apply the reviewed
folder itself: synthesizing anew gives another one when an agent expires in between.

Examples:
  ambit verify sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  ambit verify review.json cdktf.out --json

Exit codes: 0 this is what was reviewed; 1 it is not, or cannot be read: do not apply it; 64 usage error.`;

const NOT_REVIEWED = 1;
/** Names of files that are shown; of any more the number */
const SHOWN = 10;
const FILE_DIGEST = /^[0-9a-f]{64}$/;

export interface Reviewed {
  readonly digest: string;
  readonly files?: FileDigests;
}

export function verifyCommand(io: Io): Command {
  return new Command("verify")
    .summary("whether a folder is what was reviewed")
    .description("Compare a synthesized folder with what ambit review saw: the same files with the same content.")
    .argument("<reviewed>", "sha256:…, or the JSON of ambit review")
    .argument("[folder]", "what is about to be applied", SYNTH_FOLDER)
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (given: string, folder: string, { json }: { readonly json?: true }) => {
      const { differingFiles, digestOf } = await import("../review/read/digest");
      const reviewed = await readReviewed(given);
      const files = await readFolder(folder);
      const found = digestOf(files);
      const isReviewed = found === reviewed.digest;
      const differing = reviewed.files === undefined ? [] : differingFiles(reviewed.files, files);
      if (json === true) {
        io.out(`${JSON.stringify({ isReviewed, reviewed: reviewed.digest, found, differing }, null, 2)}\n`);
      } else {
        io.out(
          isReviewed
            ? `${printable(folder)} is what was reviewed: ${found}\n`
            : refusal(folder, reviewed, found, differing),
        );
      }
      if (!isReviewed) throw new Outcome(NOT_REVIEWED);
    });
}

/** Message for a folder that is not the reviewed one */
export function refusal(
  folder: string,
  { digest }: Reviewed,
  found: string,
  differing: readonly FileDifference[],
): string {
  const more = differing.length - SHOWN;
  return [
    `${printable(folder)} is not what was reviewed: do not apply it. Apply the reviewed folder itself, or review this one.`,
    `  reviewed  ${digest}`,
    `  found     ${found}`,
    ...differing.slice(0, SHOWN).map(({ file, how }) => `  ${how.padEnd(8)}  ${printable(file)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    "",
  ].join("\n");
}

/** A digest as it is, or that of the JSON of a review with its files */
export async function readReviewed(given: string): Promise<Reviewed> {
  const { DIGEST, digestOf } = await import("../review/read/digest");
  if (DIGEST.test(given)) return { digest: given };
  if (/^sha256:/i.test(given) || /^[0-9a-f]{40,}$/i.test(given)) {
    throw new UsageError(`the digest must be sha256: and 64 digits of 0-9 and a-f, got ${JSON.stringify(given)}`);
  }
  const review = json(given);
  const digest = isRecord(review["digests"]) ? review["digests"]["head"] : undefined;
  if (typeof digest !== "string" || !DIGEST.test(digest)) {
    throw new UsageError(
      `${given} must hold digests.head, got ${JSON.stringify(digest)}: write it with ambit review --json`,
    );
  }
  const files = fileDigests(given, review["files"]);
  if (digestOf(files) !== digest) {
    throw new UsageError(
      `${given} says of its files something else than its digest: write it with ambit review --json`,
    );
  }
  return { digest, files };
}

function fileDigests(name: string, files: unknown): FileDigests {
  if (!isRecord(files)) throw new UsageError(`${name} must hold files: write it with ambit review --json`);
  const entries = Object.entries(files).map(([path, digest]): readonly [string, string] => {
    if (typeof digest === "string" && FILE_DIGEST.test(digest)) return [path, digest];
    throw new UsageError(`${name} must hold a SHA-256 for ${path}, got ${JSON.stringify(digest)}: write it anew`);
  });
  return new Map(entries);
}

function json(path: string): Readonly<Record<string, unknown>> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new UsageError(`there is no ${path}: name a digest, sha256:…, or the JSON of ambit review`);
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
  if (!isRecord(value)) throw new UsageError(`${path} must be a JSON object: write it with ambit review --json`);
  return value;
}

/** Digests of a folder's files; refuses one that holds what no review reads */
export async function readFolder(folder: string): Promise<FileDigests> {
  const { filesOf } = await import("../review/read/digest");
  const { ReadError } = await import("../review/read/read-error");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CliError(`${folder} must be a folder that synth wrote: get the one that was reviewed, or name another`);
  }
  try {
    return filesOf(folder);
  } catch (error) {
    if (error instanceof ReadError) throw new CliError(`${folder}: ${error.message}`);
    throw error;
  }
}
