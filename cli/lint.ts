import { Command } from "commander";
import type { LintReport } from "../governance/lint/lint";
import type { Rule } from "../constructs/guardrails/rule";
import type { Estate } from "../review/read/resource";
import { type Io, Outcome, UsageError } from "./program";
import { withFolders } from "./read-folder";
import { SYNTH_FOLDER } from "./synthesized";
import { write } from "./write-file";

const HELP = `
The folder is the output of synth, or any folder with Terraform JSON (*.tf.json): no code in it is run, and no credentials are
needed. What cannot be read is told, and is no clean folder; Terraform's own syntax is converted first, as by @cdktf/hcl2json.

SPIRE's daemon sets may use their node with images that SPIRE publishes, or that a copy of its server lies beside in the same stack. With
--images, the images of that file count in place of the copies: write what the platform has in images.

Synth refuses the same by itself: lint is for folders that Ambit did not write, and to list everything at once. Acknowledged findings
are listed, and those whose day has come are refused again.

Examples:
  ambit lint
  ambit lint cdktf.out --rule AMBIT-IAM-ACTION-WILDCARD
  ambit lint cdktf.out --images images.json
  ambit lint infrastructure --sarif lint.sarif

Exit codes: 0 no findings, 1 findings, or something was not read; 64 usage error.`;

interface Flags {
  readonly json?: true;
  readonly sarif?: string;
  readonly images?: string;
  readonly rule?: readonly string[];
  readonly list?: true;
}

export function lintCommand(io: Io): Command {
  return new Command("lint")
    .summary("what guardrails find in any Terraform JSON")
    .description("Run the guardrails over a folder: the rules by which synth refuses a stack.")
    .argument("[dir]", "what synth wrote", SYNTH_FOLDER)
    .option("--json", "print everything as JSON")
    .option("--sarif <file>", "write SARIF 2.1.0 for code scanning as well")
    .option("--images <file>", "the platform's images by name, as JSON from outside of the folder")
    .option("--rule <id...>", "run these rules alone")
    .option("--list", "list the rules, and judge nothing")
    .addHelpText("after", HELP)
    .action(async (dir: string, flags: Flags) => {
      const rules = await rulesOf(flags.rule);
      if (flags.list === true) return list(rules, flags, io);
      const report = await withFolders([dir], ([estate]) => linted(estate as Estate, rules, flags.images));
      await print(report, dir, flags, io);
      if (!report.isClean) throw new Outcome(1);
    });
}

async function rulesOf(ids: readonly string[] | undefined): Promise<readonly Rule[]> {
  const { RULES } = await import("../constructs/guardrails/rules");
  if (ids === undefined) return RULES;
  const { didYouMean } = await import("../domain/nearest");
  const known = RULES.map(({ id }) => id as string);
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    const sentence = `--rule must be the id of a rule, got ${JSON.stringify(unknown)}${didYouMean(unknown, known)}`;
    throw new UsageError(`${sentence}: \`ambit lint --list\` lists them`);
  }
  return RULES.filter(({ id }) => ids.includes(id));
}

async function linted(estate: Estate, rules: readonly Rule[], file: string | undefined): Promise<LintReport> {
  const { lint } = await import("../governance/lint/lint");
  const { lintedOf } = await import("./lint-sources");
  const images = file === undefined ? undefined : (await import("./lint-images")).lintImages(file, estate.folder);
  return lint({ ...lintedOf(estate), images }, rules, new Date());
}

async function print(report: LintReport, dir: string, { json, sarif }: Flags, io: Io): Promise<void> {
  const { jsonText } = await import("./terminal");
  if (sarif !== undefined) {
    const { lintSarif } = await import("../governance/lint/lint-sarif");
    const { version } = await import("./version");
    const { placesIn } = await import("./lint-places");
    write(sarif, `${jsonText(lintSarif(report, { version: version(), placeOf: placesIn(dir) }), 2)}\n`);
  }
  if (json === true) {
    const { lintJson } = await import("../governance/lint/lint-json");
    return io.out(`${jsonText(lintJson(report), 2)}\n`);
  }
  const { lintText } = await import("../governance/lint/lint-text");
  const { bold, green, red, yellow } = await import("./terminal");
  io.out(lintText(report, { bold, green, red, yellow }));
}

async function list(rules: readonly Rule[], { json }: Flags, io: Io): Promise<void> {
  const { bold, jsonText, table } = await import("./terminal");
  if (json === true) {
    const texts = rules.map(({ id, severity, what, why, fix, standards }) => ({
      id,
      severity,
      what,
      why,
      fix,
      standards,
    }));
    return io.out(`${jsonText(texts, 2)}\n`);
  }
  const head = ["rule", "severity", "refuses unless"].map(bold);
  io.out(table([head, ...rules.map(({ id, severity, what }) => [id, severity, what])]));
}
