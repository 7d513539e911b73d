import { Command, Option } from "commander";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { INPUT_LIMITS } from "../domain";
import { type Io, Outcome, UsageError } from "./program";
import { readSynthesized, SYNTH_FOLDER } from "./synthesized";
import { wholeNumberOf } from "./whole-number";

const HELP = `
Requests are JSON documents one a line, or one JSON array: of the contract (ambit.decision/1), events of OPA's decision log,
lines of the authorizer's log, or { "name", "input" }. Any other line is denied with input.malformed and counted.

With --diff only requests whose decision or reasons differ are shown: before is the folder of --diff, after is that of --dir. So
compare a pull request by --diff <synth of the base> --dir <its own synth>.

The policy counts as newer than any that was seen, unless --revision says otherwise: synth writes none.

Examples:
  ambit simulate requests.ndjson --summary
  ambit simulate week.ndjson --diff base.out --dir cdktf.out

Exit codes: 0 decided, allowed or not; 1 failed; 64 usage error, or a file or folder cannot be read;
3 with --diff, something is newly allowed.`;

const STANDARD_INPUT = "-";
const NEWLY_ALLOWED = 3;

interface Flags {
  readonly dir: string;
  readonly diff?: string;
  readonly revision?: number;
  readonly summary?: true;
  readonly json?: true;
}

export function simulateCommand(io: Io): Command {
  return new Command("simulate")
    .summary("decide on many requests by a synthesized policy, or by two")
    .description("Decide on many requests by a synthesized policy, in this process and without a side effect.")
    .argument("[requests]", `file with requests; ${STANDARD_INPUT} for standard input`, STANDARD_INPUT)
    .option("--dir <folder>", "what synth wrote", SYNTH_FOLDER)
    .option("--diff <folder>", "what synth wrote before: show only what differs")
    .addOption(new Option("--revision <number>", "revision of the policy").argParser(wholeNumberOf("--revision")))
    .option("--summary", "print the counts only")
    .option("--json", "print everything as JSON")
    .addHelpText("after", HELP)
    .action(async (file: string, flags: Flags) => {
      const { summarized } = await simulateFile(file, flags, io);
      if (flags.diff !== undefined && summarized.newlyAllowed > 0) throw new Outcome(NEWLY_ALLOWED);
    });
}

async function simulateFile(file: string, flags: Flags, io: Io) {
  const after = readSynthesized(flags.dir);
  const before = flags.diff === undefined ? undefined : readSynthesized(flags.diff);
  const bytes = await bytesOf(file);
  const { requestsIn } = await import("./simulate/requests");
  const { simulate } = await import("./simulate/simulate");
  const { jsonReport, textReport } = await import("./simulate/report");
  const report = flags.json === true ? jsonReport(io, flags.summary === true) : textReport(io, flags.summary === true);
  try {
    const revision = flags.revision ?? INPUT_LIMITS.whole;
    const summarized = await simulate({ requests: requestsIn(bytes), after, before, revision, io, report });
    return { summarized };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UsageError(`${file} cannot be read: ${message}`);
  }
}

async function bytesOf(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === STANDARD_INPUT) return process.stdin;
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw new UsageError(`there is no ${file}: name a file with requests, or - for standard input`);
  if (found.isDirectory()) throw new UsageError(`${file} is a folder: name a file with requests`);
  return createReadStream(file);
}
