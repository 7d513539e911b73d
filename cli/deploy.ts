import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Cluster } from "./deploy/cluster";
import type { DeployedStack } from "./deploy/plan";
import type { PublishAll, Published } from "./deploy/publish-all";
import type { Terraform } from "./deploy/terraform";
import type { FetchJson } from "./deploy/waits";
import type { WorkingCopy } from "./deploy/working-copy";
import { CliError, type Io, Outcome, UsageError } from "./program";
import { SYNTH_FOLDER } from "./synthesized";
import { printable } from "./terminal";
import { readFolder, readReviewed, refusal } from "./verify";
import { wholeNumberOf } from "./whole-number";

const HELP = `
The folder is compared with the review. Then its stacks are applied in order; registry and bundle are signed and published after
the stack that creates their places. The command waits for what Terraform does not wait for: DaemonSets that are ready on every
node, and an issuer that answers before IAM asks it. Terraform works in a copy, .ambit-deploy-cdktf.out beside cdktf.out, and
cdktf.out stays as reviewed.

After an interrupted deploy, run it again: it keeps no record of its own, each step is idempotent, a stack with an empty plan is
skipped, and an unchanged registry or bundle is not signed anew.

Without --auto-approve each plan is shown, and yes must be typed at the terminal. Results are on standard output, with --json
one event a line; Terraform's output is on standard error.

Examples:
  ambit deploy cdktf.out --digest sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  ambit deploy reviewed/cdktf.out --digest reviewed/review.json --auto-approve --json
  ambit deploy --stacks agents
  ambit deploy --destroy

Exit codes: 0 deployed or destroyed, 1 a step failed: run again to continue there, 64 usage error, 3 not what was reviewed or
not approved: nothing was done after that, 4 waited in vain: the message says for what, run again.`;

const REFUSED = 3;
const IN_VAIN = 4;
const MINUTES = 15;

/** What reaches out of this process, besides Terraform */
export interface Parts {
  /** Whether a person can be asked */
  isTerminal(): boolean;
  ask(question: string): Promise<string>;
  sleep(milliseconds: number): Promise<void>;
  publish(request: PublishAll, io: Io): Promise<readonly Published[]>;
  fetchJson: FetchJson;
  clusterOf(stack: DeployedStack): Promise<Pick<Cluster, "get">>;
}

const REAL: Parts = {
  isTerminal: () => process.stdin.isTTY === true && process.stderr.isTTY === true,
  ask: async (question) => {
    const asked = createInterface({ input: process.stdin, output: process.stderr });
    // An interrupt at the prompt is not an approval.
    const interrupted = new AbortController();
    asked.on("SIGINT", () => interrupted.abort()).on("close", () => interrupted.abort());
    try {
      return await asked.question(question, { signal: interrupted.signal });
    } catch {
      return "";
    } finally {
      asked.close();
    }
  },
  sleep: (milliseconds) => sleep(milliseconds),
  publish: async (request, io) => (await import("./deploy/publish-all")).publishAll(request, io),
  fetchJson: async (url) => (await import("./deploy/waits")).fetchJson(url),
  clusterOf: async (stack) => (await import("./deploy/cluster")).Cluster.of(stack),
};

interface Flags {
  readonly digest?: string;
  readonly binary?: string;
  readonly stacks?: readonly string[];
  readonly autoApprove?: true;
  readonly wait: number;
  readonly bundleAfter?: number;
  readonly registryAfter?: number;
  readonly publish: boolean;
  readonly destroy?: true;
  readonly json?: true;
}

export function deployCommand(io: Io, parts: Parts = REAL): Command {
  return new Command("deploy")
    .summary("apply the stacks in their order, sign and publish registry and bundle")
    .description("Deploy what synth wrote: stacks in their order, registry and bundle signed and published.")
    .argument("[folder]", "what is deployed", SYNTH_FOLDER)
    .option("--digest <reviewed>", "sha256:…, or the JSON of ambit review: refuse any other folder")
    .option("--binary <program>", "terraform or tofu (default: TERRAFORM_BINARY_NAME, or terraform)")
    .addOption(new Option("--stacks <names>", "these stacks only, separated by commas").argParser(namesOf))
    .option("--auto-approve", "apply each plan without asking")
    .addOption(
      new Option("--wait <minutes>", "how long to wait for pods, the issuer and volumes, each")
        .default(MINUTES)
        .argParser(wholeNumberOf("--wait")),
    )
    .addOption(
      new Option("--bundle-after <revision>", "as --after of ambit bundle sign").argParser(
        wholeNumberOf("--bundle-after"),
      ),
    )
    .addOption(
      new Option("--registry-after <revision>", "as --after of ambit registry sign").argParser(
        wholeNumberOf("--registry-after"),
      ),
    )
    .option("--no-publish", "sign and publish nothing, because another job does")
    .option("--destroy", "destroy the stacks instead, the last first")
    .option("--json", "print one event a line, as JSON")
    .addHelpText("after", HELP)
    .action((folder: string, flags: Flags) => act(folder, flags, parts, io));
}

async function act(folder: string, flags: Flags, parts: Parts, io: Io): Promise<void> {
  if (flags.autoApprove !== true && !parts.isTerminal()) {
    throw new UsageError("there is no terminal to ask at: say --auto-approve, with --digest of what was reviewed");
  }
  const { digestOf } = await import("../review/read/digest");
  const reviewed = flags.digest === undefined ? undefined : await readReviewed(flags.digest);
  const files = await readFolder(folder).catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(`${error.message}; to begin with a clean folder, remove it and run synth again`);
  });
  const digest = digestOf(files);
  if (reviewed !== undefined && reviewed.digest !== digest) {
    const { differingFiles } = await import("../review/read/digest");
    const differing = reviewed.files === undefined ? [] : differingFiles(reviewed.files, files);
    io.err(`ambit: ${refusal(folder, reviewed, digest, differing)}`);
    throw new Outcome(REFUSED);
  }
  await run(folder, flags, { files, digest, isReviewed: reviewed !== undefined }, parts, io);
}

interface Verified {
  readonly files: Awaited<ReturnType<typeof readFolder>>;
  readonly digest: string;
  readonly isReviewed: boolean;
}

async function run(folder: string, flags: Flags, verified: Verified, parts: Parts, io: Io): Promise<void> {
  const { shownOf } = await import("./deploy/environment");
  const { programOf, Terraform } = await import("./deploy/terraform");
  const { WorkingCopy } = await import("./deploy/working-copy");
  for (const shown of shownOf(process.env)) io.err(`ambit: the environment says ${printable(shown)}\n`);
  const binary = programOf(flags.binary ?? process.env.TERRAFORM_BINARY_NAME ?? "terraform");
  const terraform = new Terraform(binary, (text) => io.err(text));
  const program = { binary, terraform, version: await terraform.version() };
  const copy = new WorkingCopy(folder, verified.files);
  try {
    await runIn(copy, program, flags, verified, parts, io);
  } finally {
    copy.close();
  }
}

interface Program {
  readonly binary: string;
  readonly version: string;
  readonly terraform: Terraform;
}

async function runIn(
  copy: WorkingCopy,
  { binary, version, terraform }: Program,
  flags: Flags,
  verified: Verified,
  parts: Parts,
  io: Io,
): Promise<void> {
  const { Declined, deploy, destroy } = await import("./deploy/run");
  const { WaitedInVain } = await import("./deploy/waits");
  const { wantedOf } = await import("./deploy/plan");
  const { reporter } = await import("./deploy/report");
  const report = reporter(io, flags.json === true);
  const stacks = wantedOf(copy.stacks(), flags.stacks).map(({ name }) => name);
  const { digest, isReviewed: isReviewedNow } = verified;
  const actName = flags.destroy === true ? "destroy" : "deploy";
  report({ event: "begin", act: actName, digest, reviewed: isReviewedNow, stacks, binary, version });
  const after = {
    ...(flags.bundleAfter === undefined ? {} : { bundle: flags.bundleAfter }),
    ...(flags.registryAfter === undefined ? {} : { registry: flags.registryAfter }),
  };
  const request = {
    copy,
    terraform,
    stacks: flags.stacks,
    after,
    publishes: flags.publish,
    patience: { io, seconds: flags.wait * 60, sleep: parts.sleep },
    report,
    io,
    approves: async (question: string) =>
      flags.autoApprove === true || (await parts.ask(`\n${question}? Only yes is taken: `)).trim() === "yes",
    publish: parts.publish,
    fetchJson: parts.fetchJson,
    clusterOf: parts.clusterOf,
  };
  try {
    await (flags.destroy === true ? destroy(request) : deploy(request));
  } catch (error) {
    if (error instanceof Declined) {
      report({ event: "end", result: "declined" });
      throw new Outcome(REFUSED);
    }
    if (error instanceof WaitedInVain) {
      io.err(`ambit: ${error.message}\n`);
      throw new Outcome(IN_VAIN);
    }
    throw error;
  }
}

function namesOf(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes(""))
    throw new UsageError(`--stacks must name stacks, separated by commas, got ${JSON.stringify(text)}`);
  return names;
}
