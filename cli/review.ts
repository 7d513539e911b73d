import { Command } from "commander";
import type { Estate } from "../review/read/resource";
import type { Review } from "../review/review";
import { type Io, Outcome } from "./program";
import { withFolders } from "./read-folder";
import { version } from "./version";
import { write } from "./write-file";

const HELP = `
Base and head are outputs of synth (cdktf.out), or any folders with Terraform JSON; no code in them is run, and no credentials are
needed. A folder is not trusted: review a pull request with the ambit of its base.

What cannot be read or decided counts as gained.

The rules say who must approve what: ambit.review.json in the working directory, if there is one, or --rules. They must be the
base's, and are refused if they lie in head. The list of changed files is the output of git diff --name-only --no-renames -z: files
that affect agents but are in no folder need approval too.

Examples:
  ambit review base.out cdktf.out
  git diff --name-only --no-renames -z main...feature > changed && ambit review base.out cdktf.out --changed changed
  ambit review base.out cdktf.out --markdown comment.md --sarif ambit.sarif --json > review.json

Exit codes: 0 no principal gains anything; 1 failed, or a folder cannot be read; 2 some principal gains something, which needs
approval; 64 usage error.`;

const NEEDS_APPROVAL = 2;

interface Flags {
  readonly json?: true;
  readonly markdown?: string;
  readonly sarif?: string;
  readonly html?: string;
  readonly rules?: string;
  readonly changed?: string;
}

export function reviewCommand(io: Io): Command {
  return new Command("review")
    .summary("what head lets each agent do that base does not")
    .description("Compare two synthesized folders: what each agent, and each other principal, gains and loses.")
    .argument("<base>", "what was synthesized before the change")
    .argument("<head>", "what was synthesized with it")
    .option("--json", "print everything as JSON")
    .option("--markdown <file>", "write a comment for the pull request")
    .option("--sarif <file>", "write SARIF 2.1.0 for code scanning")
    .option("--html <file>", "write a page with the fleet as a graph")
    .option("--rules <file>", "who must approve what, of the base (default: ambit.review.json, if there is one)")
    .option("--changed <file>", "paths that the pull request changes, one a line or each ended by NUL")
    .addHelpText("after", HELP)
    .action(async (base: string, head: string, flags: Flags) => {
      const reviewed = await reviewFolders(base, head, flags, io);
      await report(reviewed, flags, io);
      if (reviewed.review.requiresApproval) throw new Outcome(NEEDS_APPROVAL);
    });
}

interface Reviewed {
  readonly review: Review;
  readonly base: Estate;
  readonly head: Estate;
}

async function reviewFolders(base: string, head: string, flags: Flags, io: Io): Promise<Reviewed> {
  const { reviewOf } = await import("../review/pull-request/review-of");
  const { judged } = await import("./review-rules");
  return withFolders([base, head], async (estates) => {
    const [before, after] = estates as readonly [Estate, Estate];
    return { review: await judged(reviewOf(before, after), head, flags, io), base: before, head: after };
  });
}

async function report({ review, base, head }: Reviewed, { json, markdown, sarif, html }: Flags, io: Io): Promise<void> {
  if (markdown !== undefined) {
    const { markdownReport } = await import("../review/report/markdown");
    write(markdown, markdownReport(review));
  }
  if (sarif !== undefined) {
    const { sarifReport } = await import("../review/report/sarif");
    write(sarif, sarifReport(review, { version: version() }));
  }
  if (html !== undefined) {
    const { htmlReport } = await import("../review/report/review-page");
    write(html, htmlReport(review, { base: base.registry, head: head.registry }));
  }
  if (json === true) {
    const { jsonReport } = await import("../review/report/review-json");
    return io.out(jsonReport(review));
  }
  const { terminalReport } = await import("../review/report/review-text");
  const { bold, columns, dim, green, red, yellow } = await import("./terminal");
  io.out(terminalReport(review, { columns: columns(), paint: { bold, dim, green, red, yellow } }));
}
