import { deepStrictEqual as equal, match } from "node:assert";
import { join, resolve } from "node:path";
import { temporary } from "../../cluster/temporary";
import { run, succeed } from "../../harness/process";
import type { Check, Suite } from "../../harness/suite";
import type { Story } from "../story";

const CHAPTER = "A change is reviewed";
const ROOT = resolve(__dirname, "../../../..");
const LOADER = ["-r", "@swc-node/register"];

/** By file, text and what it becomes */
const PULL_REQUEST = {
  "fleet/agents/refund-clerk.ts": [
    ['      approval: Approval.from("finance-controllers", { decisionGoodFor: "10m" }),\n', ""],
    ["Budget.perDay(50)", "Budget.perDay(500)"],
  ],
};

const WIDENED =
  /^Approval needed from @acme\/security .*: refund-clerk gains approval: task payout may call payments\.refund \(high impact\) without approval/;

/** A pull request widens the agent, and the review says so first. */
export function changeIsReviewed(suite: Suite, story: Story): Check {
  const synthesized = story.scene(
    CHAPTER,
    "a pull request takes the approval off refunds, and is synthesized beside its base",
    [],
    async (_, tell) => {
      const folder = temporary(suite, "pull-request");
      const [base, head] = [join(folder, "base.out"), join(folder, "head.out")];
      const edited = ["-r", "./test/support/edited-source.ts"];
      const env = { CDKTF_OUTDIR: head, AMBIT_TEST_EDITS: JSON.stringify(PULL_REQUEST) };
      const synth = "cli/synth.ts";
      await Promise.all([
        succeed(process.execPath, [...LOADER, synth], { cwd: ROOT, env: { CDKTF_OUTDIR: base } }),
        succeed(process.execPath, [...LOADER, ...edited, synth], { cwd: ROOT, env }),
      ]);
      tell("asked", "A pull request lets refund-clerk pay without a person's approval, 500 times a day in place of 50");
      return [base, head] as const;
    },
  );

  return story.scene(
    CHAPTER,
    "the review's first sentence says what the agent gains, and who must approve it",
    [synthesized],
    async ([folders], tell) => {
      const { code, stdout, tail } = await run(process.execPath, [...LOADER, "cli/ambit.ts", "review", ...folders], {
        cwd: ROOT,
      });
      const [verdict = ""] = stdout.split("\n\n");
      const sentence = verdict.replaceAll("\n", " ").trim();
      equal(code, 2, tail);
      match(sentence, WIDENED);
      tell("proven", sentence, "ambit review base.out head.out");
      tell("refused", "The check of the pull request fails until those people have approved it", `exit code ${code}`);
    },
  ) as Check;
}
