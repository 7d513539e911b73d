import { statSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import type { Coverage } from "../governance/coverage/coverage";
import { CliError, type Io } from "./program";
import { SYNTH_FOLDER } from "./synthesized";
import { version } from "./version";
import { write } from "./write-file";

const HELP = `
Standards: the tenets of NIST SP 800-207, the NIST AI RMF, OWASP's Agentic, Non-Human Identities and MCP Top 10, CSA MAESTRO,
NIST SP 800-53 and ISO/IEC 42001. An entry is provided or contributed to only by what resources of the folder show, with their
addresses; everything else is yours to do, and stands beside it. What the guardrails refuse counts for nothing.

The folder is the output of synth, whole; no code in it is run, and no credentials are needed.

Examples:
  ambit coverage
  ambit coverage --html coverage.html --markdown COVERAGE.md
  ambit coverage --oscal component-definition.json --json > coverage.json

Nothing is provided beside a finding of a guardrail that cites it, acknowledged or not: the report names it.

Exit codes: 0 printed, with any result; 1 failed, or the folder cannot be read; 64 usage error.`;

interface Flags {
  readonly dir: string;
  readonly on?: string;
  readonly json?: true;
  readonly markdown?: string;
  readonly html?: string;
  readonly oscal?: string;
}

export function coverageCommand(io: Io, now: () => Date = () => new Date()): Command {
  return new Command("coverage")
    .summary("what the output covers of each standard, and what is left to you")
    .description(
      "Compute from a synthesized folder what it provides of each standard, contributes to it, and leaves to you.",
    )
    .option("--dir <folder>", "what synth wrote", SYNTH_FOLDER)
    .option("--on <day>", "the day on which it is judged, such as 2027-01-31 (default: today)", day)
    .option("--json", "print everything as JSON")
    .option("--markdown <file>", "write a page of Markdown")
    .option("--html <file>", "write a page that needs nothing else")
    .option("--oscal <file>", "write an OSCAL component definition")
    .addHelpText("after", HELP)
    .action(async ({ dir, on, ...flags }: Flags) => {
      await print(await coverageIn(dir, on ?? now().toISOString().slice(0, "YYYY-MM-DD".length)), flags, io);
    });
}

function day(text: string): string {
  const instant = Date.parse(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text))
    return text;
  throw new InvalidArgumentError("write a day as 2027-01-31");
}

/** @throws CliError for a folder that is not the whole of what synth wrote */
async function coverageIn(folder: string, on: string): Promise<Coverage> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CliError(`${folder} must be a folder that synth wrote: run synth first, or name another`);
  }
  const { readOutput } = await import("../governance/coverage/read-output");
  const { coverageOf } = await import("../governance/coverage/coverage-of");
  const { ReadError } = await import("../review/read/read-error");
  try {
    return coverageOf(readOutput(folder, on));
  } catch (error) {
    if (error instanceof ReadError) throw new CliError(error.message);
    throw error;
  }
}

async function print(coverage: Coverage, flags: Omit<Flags, "dir" | "on">, io: Io): Promise<void> {
  const { json, markdown, html, oscal } = flags;
  if (markdown !== undefined) {
    const { coverageMarkdown } = await import("../governance/coverage/report/coverage-markdown");
    write(markdown, coverageMarkdown(coverage));
  }
  if (html !== undefined) {
    const { coveragePage } = await import("../governance/coverage/report/coverage-page");
    write(html, coveragePage(coverage));
  }
  if (oscal !== undefined) {
    const { oscalComponent } = await import("../governance/coverage/report/oscal");
    write(oscal, oscalComponent(coverage, version()));
  }
  if (json === true) {
    const { coverageJson } = await import("../governance/coverage/report/coverage-json");
    return io.out(coverageJson(coverage));
  }
  const { coverageText } = await import("../governance/coverage/report/coverage-text");
  const { bold, columns, dim, green, red, yellow } = await import("./terminal");
  io.out(coverageText(coverage, { columns: columns(), paint: { bold, dim, green, red, yellow } }));
}
