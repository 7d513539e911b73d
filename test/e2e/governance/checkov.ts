import { deepStrictEqual as equal, ok, throws } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ACCEPTED from "../../cases/scanners/checkov.json";
import { type Synthesized, STACKS, synthesize } from "../../support/example-app";
import { run } from "../harness/process";
import type { Suite } from "../harness/suite";
import { exactly, scannersPython } from "./scanners";

/** Of the example's stacks; 591 when this was written */
const FLOOR = 500;

interface FailedCheck {
  readonly check_id: string;
  /** Type or "resource", and the name in the configuration */
  readonly resource: string;
}

interface Report {
  readonly results: { readonly failed_checks: readonly FailedCheck[] };
  readonly summary: { readonly passed: number; readonly failed: number; readonly parsing_errors: number };
}

interface Said {
  readonly code: number;
  readonly report: Report;
}

/** The example's stacks, judged by checkov, whose exit code tells nothing of files that it could not parse */
export function checkovChecks(suite: Suite): void {
  const python = suite.check("checkov: it is there", [], () => scannersPython());
  const example = suite.check("checkov: it scans the stacks of the example", [python], async ([program], note) => {
    const said = await scanned(suite, program, stacksOf(synthesize()));
    const { passed, failed } = said.report.summary;
    note(`${passed} checks passed, ${failed} failed`);
    return said;
  });
  suite.check(`checkov: it parses all of them, and runs at least ${FLOOR} checks`, [example], ([{ report }]) =>
    judged(report, FLOOR),
  );
  suite.check("checkov: each check that fails has a reason, and each reason a check that fails", [example], (read) => {
    const found = judged(read[0].report, FLOOR);
    exactly(
      found.map(({ check_id: id }) => id),
      ACCEPTED.map(({ id }) => id),
    );
    for (const { id, on } of ACCEPTED) {
      if (on === undefined) continue;
      const resources = found.filter(({ check_id: each }) => each === id).map(nameOf);
      equal(resources.sort(), [...on].sort(), `${id} fails on other resources than its reason is for`);
    }
  });
  suite.check(
    "checkov: fails for a stack with required_version, which checkov passes with exit code 0 and no check",
    [python],
    async ([program]) => {
      const stack = JSON.parse(synthesize().stacks.agents) as Stack;
      stack.terraform.required_version = ">= 1.5";
      const { code, report } = await scanned(suite, program, { agents: JSON.stringify(stack) });
      equal([code, report.summary.passed, report.summary.failed], [0, 0, 0]);
      throws(() => judged(report, 1), { message: "checkov could not parse 1 file: nothing is known of it" });
    },
  );
  suite.check("checkov: fails for a folder in which it has next to nothing to check", [python], async ([program]) => {
    const { report } = await scanned(suite, program, { trust: synthesize().stacks.trust });
    throws(() => judged(report, FLOOR), /^Error: checkov ran \d+ checks, fewer than 500: it did not see everything$/);
  });
  suite.check("checkov: fails for a stack that we weaken, so that its word means something", [python], async (read) => {
    const stack = JSON.parse(synthesize().stacks.foundation) as Stack;
    const blocks = Object.values(stack.resource.aws_s3_bucket_public_access_block ?? {});
    ok(blocks.length > 0, "nothing was changed");
    for (const block of blocks) block.block_public_acls = false;
    const { report } = await scanned(suite, read[0], { foundation: JSON.stringify(stack) });
    const found = judged(report, 1).map(({ check_id: id }) => id);
    ok(found.includes("CKV_AWS_53"), found.join(", "));
    throws(
      () =>
        exactly(
          found,
          ACCEPTED.map(({ id }) => id),
        ),
      /CKV_AWS_53/,
    );
  });
}

interface Stack {
  readonly terraform: { required_version?: string };
  readonly resource: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
}

const stacksOf = ({ stacks }: Synthesized): Readonly<Record<string, string>> =>
  Object.fromEntries(STACKS.map((name) => [name, stacks[name]]));

const nameOf = ({ resource }: FailedCheck): string => resource.split(".").slice(1).join(".");

/**
 * The checks that fail
 *
 * @throws Error where checkov read less than there is, which its exit code does not tell
 */
function judged({ summary, results }: Report, floor: number): readonly FailedCheck[] {
  const { parsing_errors: unparsed, passed, failed } = summary;
  if (unparsed !== 0) throw new Error(`checkov could not parse ${unparsed} file: nothing is known of it`);
  if (passed + failed < floor) {
    throw new Error(`checkov ran ${passed + failed} checks, fewer than ${floor}: it did not see everything`);
  }
  return results.failed_checks;
}

async function scanned(suite: Suite, program: string, stacks: Readonly<Record<string, string>>): Promise<Said> {
  const folder = mkdtempSync(join(tmpdir(), "ambit-checkov-"));
  suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(stacks)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "cdk.tf.json"), text);
  }
  const how = ["--framework", "terraform_json", "--output", "json", "--compact", "--quiet", "--skip-download"];
  const { code, stdout, tail } = await run(program, ["-m", "checkov.main", "--directory", folder, ...how], {
    env: { LOG_LEVEL: "CRITICAL" },
  });
  try {
    const report = JSON.parse(stdout) as Report | Report["summary"];
    // Without any check it prints the summary alone.
    return { code, report: "summary" in report ? report : { results: { failed_checks: [] }, summary: report } };
  } catch {
    throw new Error(`checkov ended with ${code}, and its report is no JSON:\n${tail}`);
  }
}
