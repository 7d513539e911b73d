import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { type Io, Outcome } from "../program";
import { dim, printable, printableJson, red } from "../terminal";
import { wholeNumber } from "../whole-number";
import { EXIT_CODES, placeOf, policyOf, type PolicyFlags, reading, UNSOUND, withCache, withPolicy } from "./flags";
import type { PlacedRecord } from "./verified-records";

const HELP = `
Prints a line for each record, once it is compared with the signed root. If the log does not continue from its last checkpoint,
as after a rollback or in a split view, the command says so and ends with exit code 3; also if a record is not what was signed.

Examples:
  ambit audit tail /var/lib/ambit/log --key log.vkey
  ambit audit tail s3://ambit-prod-audit/log/ --key log.vkey --follow --agent support-triage --kind call.refused

${EXIT_CODES}`;

/** Records from the end that are shown first */
const LINES = 10;
/** The log grows within a second of an act. */
const EVERY_MILLISECONDS = 1_000;
/** So often in a row the log's storage may not answer, while it is followed */
const MOST_FAILURES = 30;

interface Flags extends PolicyFlags {
  readonly follow?: true;
  readonly lines: string;
  readonly agent?: string;
  readonly kind?: string;
  readonly txn?: string;
  readonly cache?: string;
  readonly json?: true;
}

export function tailCommand(io: Io, every = EVERY_MILLISECONDS): Command {
  const command = new Command("tail")
    .summary("the last records of a log, and those that come")
    .description("Print verified records of the audit log, one a line, as they come.")
    .argument("<log>", "folder, or s3://bucket/prefix");
  return withCache(withPolicy(command))
    .option("--follow", "go on with what comes")
    .option("--lines <n>", "records from the end that are looked at first", String(LINES))
    .option("--agent <name>", "only what one agent did")
    .option(
      "--kind <kind>",
      "only records of this kind, such as token.refused, or of all that begin so, such as approval.",
    )
    .option("--txn <id>", "only one transaction")
    .option("--json", "print the records as JSON; what a terminal would obey is escaped in it")
    .addHelpText("after", HELP)
    .action((log: string, flags: Flags) => reading(io, () => tail(log, flags, io, every)));
}

async function tail(place: string, flags: Flags, io: Io, every: number): Promise<void> {
  const policy = policyOf(flags);
  const lines = wholeNumber("--lines", flags.lines);
  const { openLog } = await import("./log-reader");
  const { openedAt } = await import("./opened-log");
  const { memoryOf } = await import("./indexed-log");
  const reader = await openLog(placeOf(place, flags));
  const memory = memoryOf(policy, flags.cache);
  let from: number | undefined;
  for (let failures = 0; ;) {
    try {
      // The memory has the checkpoint of before: what does not go on from it is refused there.
      const { records } = await openedAt(reader, policy, memory);
      from ??= Math.max(0, records.size - lines);
      for await (const some of records.between(from, records.size)) {
        for (const one of some.filter((each) => isAsked(each, flags))) io.out(lineOf(one, flags));
        from = (some.at(-1) as PlacedRecord).index + 1;
      }
      failures = 0;
    } catch (error) {
      await told(error, io);
      if (flags.follow !== true || ++failures >= MOST_FAILURES) throw error;
      io.err(`ambit: ${printable((error as Error).message)}: looking again\n`);
    }
    if (flags.follow !== true) return;
    await sleep(every);
  }
}

/** @throws Outcome, or the error itself if another look is no use */
async function told(error: unknown, io: Io): Promise<void> {
  const { UnsoundLog } = await import("./unsound-log");
  const { LogUnavailable } = await import("../../runtime/audit/storage/log-storage");
  if (error instanceof UnsoundLog) {
    const { findingsText } = await import("./verify-report");
    io.err(
      `${red("ambit: THE LOG DOES NOT CONTINUE FROM ITS SIGNED CHECKPOINT: do not trust anything after this line")}\n`,
    );
    io.err(findingsText(error.findings));
    throw new Outcome(UNSOUND);
  }
  if (!(error instanceof LogUnavailable)) throw error;
}

function isAsked({ record: { kind, facts } }: PlacedRecord, flags: Flags): boolean {
  const isOfKind =
    flags.kind === undefined || (flags.kind.endsWith(".") ? kind.startsWith(flags.kind) : kind === flags.kind);
  const isOf = (name: "agent" | "txn"): boolean => flags[name] === undefined || facts[name] === flags[name];
  return isOfKind && isOf("agent") && isOf("txn");
}

function lineOf({ index, bytes, record: { time, kind, facts } }: PlacedRecord, { json }: Flags): string {
  if (json === true) return `${printableJson(bytes.toString("utf8"))}\n`;
  const { agent, task, call, audience, codes, txn } = facts;
  const texts = [
    typeof agent === "string" ? agent + (typeof task === "string" ? `.${task}` : "") : undefined,
    call ?? audience,
    Array.isArray(codes) ? codes.join(", ") : undefined,
    typeof txn === "string" ? `txn ${txn}` : undefined,
  ];
  const known = texts.filter((text): text is string => typeof text === "string" && text !== "");
  const clock = new Date(time * 1_000).toISOString().replace(".000Z", "Z");
  return `${dim(`${index}`.padStart(8))}  ${clock}  ${printable(kind).padEnd(18)}  ${printable(known.join("  "))}\n`;
}
