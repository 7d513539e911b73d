import { Command } from "commander";
import { CliError, type Io, Outcome } from "../program";
import { progress } from "../progress";
import { write } from "../write-file";
import {
  EXIT_CODES,
  expectedTrailOf,
  placeOf,
  policyOf,
  type PolicyFlags,
  reading,
  type TrailFlags,
  trailKeysOf,
  UNSOUND,
  withCache,
  withPolicy,
  withTrail,
} from "./flags";
import type { Story } from "./trace/story";
import type { TracedTrail } from "./trace/trail";

const HELP = `
Prints in order what companion, exchange, gateway, people and AWS did in one transaction. Each record is compared with the signed
root of the log. CloudTrail's files add AWS's own events: sessions that the exchange begins have the transaction as name and the
agent as source identity. Events of AWS without a matching record are reported, with exit code 3.
With CloudTrail's public keys, its files are compared with its signed digests; differences are reported, with exit code 3.

The first time an index of the log is made, with the reader and not in the log; from then on a transaction among a million is
found within a second. It only says where to look, and may be deleted.

Examples:
  ambit audit trace 5f0c6a52-… --log s3://ambit-prod-audit/log/ --key log.vkey
  ambit audit trace 5f0c6a52-… --log log --key log.vkey \\
    --cloudtrail s3://acme-trail/AWSLogs/123456789012/ --cloudtrail-keys keys.json --html trace.html

${EXIT_CODES}`;

interface Flags extends PolicyFlags, TrailFlags {
  readonly log: string;
  readonly cache?: string;
  readonly html?: string;
  readonly json?: true;
}

export function traceCommand(io: Io): Command {
  const command = new Command("trace")
    .summary("what happened in one transaction, in order, AWS included")
    .description("Tell what happened in one transaction, from verified records and CloudTrail's events.")
    .argument("<txn>", "id of the transaction")
    .requiredOption("--log <log>", "folder, or s3://bucket/prefix");
  return withTrail(withCache(withPolicy(command)))
    .option("--html <file>", "write a page with the steps in a picture")
    .option("--json", "print the steps as JSON")
    .addHelpText("after", HELP)
    .action(async (txn: string, flags: Flags) => {
      const story = await progress(
        io,
        `tracing ${txn}`,
        reading(io, () => storyOf(txn, flags)),
      );
      await print(story, flags, io);
      if (isUnsound(story)) throw new Outcome(UNSOUND);
    });
}

async function storyOf(txn: string, flags: Flags): Promise<Story> {
  const { openedLog } = await import("./opened-log");
  const { indexOf, memoryOf } = await import("./indexed-log");
  const { transactionOf } = await import("./trace/transaction");
  const { stepsOf } = await import("./trace/story");
  const policy = policyOf(flags);
  const opened = await openedLog(placeOf(flags.log, flags), policy, memoryOf(policy, flags.cache));
  const records = await transactionOf(await indexOf(opened, policy, flags.cache), txn);
  const traced = await tracedTrail(txn, flags);
  const events = traced?.events ?? [];
  if (records.length + events.length === 0)
    throw new CliError(`the log has no record of transaction ${txn}: name the txn of a token, a refusal or a log line`);
  const { origin, size, root } = opened.trusted.checkpoint;
  const witnesses = opened.trusted.witnesses.map(({ name }) => name);
  return {
    txn,
    steps: stepsOf(records, events),
    log: { origin, size, root: Buffer.from(root).toString("base64"), witnesses },
    ...(traced && { cloudtrail: traced.validated }),
  };
}

async function tracedTrail(txn: string, flags: Flags): Promise<TracedTrail | undefined> {
  const { cloudtrail: place, region } = flags;
  const [keys, expected] = [await trailKeysOf(flags), expectedTrailOf(flags)];
  if (place === undefined) return undefined;
  const { trailOf } = await import("./trace/trail");
  return trailOf({ place, region, keys, expected }, txn);
}

/** Whether something has to be looked at */
function isUnsound({ steps, cloudtrail }: Story): boolean {
  return steps.some(({ unaccounted }) => unaccounted !== undefined) || (cloudtrail?.found.counts.length ?? 0) > 0;
}

async function print(story: Story, { html, json }: Flags, io: Io): Promise<void> {
  if (html !== undefined) {
    const { storyPage } = await import("./trace/story-page");
    write(html, storyPage(story));
  }
  if (json === true) {
    const { jsonText } = await import("../terminal");
    const { trailReport } = await import("./cloudtrail/trail-report");
    const { cloudtrail, ...told } = story;
    const trail = cloudtrail && { cloudtrail: trailReport(cloudtrail) };
    return io.out(`${jsonText({ version: "ambit.audit-trace/1", ...told, ...trail }, 2)}\n`);
  }
  const { storyText } = await import("./trace/story-text");
  io.out(storyText(story));
}
