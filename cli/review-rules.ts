import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { basename } from "node:path";
import type { Review } from "../review/review";
import { expiredAcknowledgements } from "../review/rules/acknowledgements";
import { applyRules } from "../review/rules/apply-rules";
import { readChangedFiles } from "../review/rules/changed-files";
import { RULES_FILE } from "../review/rules/rules-file";
import { isWithin } from "./is-within";
import { CliError, type Io } from "./program";

interface Judging {
  readonly rules?: string;
  readonly changed?: string;
}

/** A review by the rules of the base, and with the files that the pull request changes */
export async function judged(
  review: Review,
  head: string,
  { rules: named, changed }: Judging,
  io: Io,
): Promise<Review> {
  const now = new Date();
  const changedFiles = changed === undefined ? [] : readChangedFiles(bytesOf(changed), changed);
  const file = named ?? (isThere(RULES_FILE) ? RULES_FILE : undefined);
  if (file === undefined) return applyRules(review, undefined, { now, changedFiles });
  const bytes = bytesOf(file);
  refuseWithin(head, file);
  const { readRules } = await import("../review/rules/read-rules");
  const rules = readRules(bytes, file, now);
  for (const line of expiredAcknowledgements(rules, now)) io.err(`ambit: ${file}: ${line}\n`);
  return applyRules(review, rules, {
    now,
    changedFiles,
    rulesFiles: [file, realpathSync(file)].map((one) => basename(one)),
  });
}

/** A link that leads nowhere is there, and then cannot be read: rules must not vanish. */
function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** Rules that a pull request wrote would let it through. */
function refuseWithin(head: string, file: string): void {
  if (!isWithin(head, file)) return;
  throw new CliError(`${file} lies in ${head}, so that head would say what it needs: name the rules of the base`);
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
