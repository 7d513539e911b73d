import { Command } from "commander";
import type { BlastRadii } from "../review/blast-radius/blast-radii";
import type { BlastRadius } from "../review/blast-radius/blast-radius";
import type { Estate } from "../review/read/resource";
import { type Io, UsageError } from "./program";
import { withFolders } from "./read-folder";
import { SYNTH_FOLDER } from "./synthesized";
import { write } from "./write-file";

/** Of those that were meant, perhaps */
const MOST_NAMES = 3;

const HELP = `
An attacker controls the agent's process, by prompt injection or by a compromised pod. What can the attacker reach, by which hops,
what stops the attack, and how long does it work after a kill? What cannot be read or decided counts as reached.

The folder is the output of synth (cdktf.out), or any folder with Terraform JSON; no code in it is run, and no credentials
are needed. Name a role without an agent by its address, and a service account of a cluster by "account <namespace>/<name>".

Examples:
  ambit blast-radius support-triage
  ambit blast-radius support-triage --html radius.html --json > radius.json
  ambit blast-radius --all

Exit codes: 0 printed; 1 failed, or the folder cannot be read; 64 usage error, or no such principal.`;

interface Flags {
  readonly dir: string;
  readonly json?: true;
  readonly html?: string;
  readonly all?: true;
}

export function blastRadiusCommand(io: Io): Command {
  return new Command("blast-radius")
    .summary("what an attacker gets from an agent, delegations included")
    .description(
      "Read a synthesized folder: what an attacker who controls an agent can reach, by hop, and what stops them.",
    )
    .argument("[agent]", "name of an agent, or address of a role without one")
    .option("--dir <folder>", "what synth wrote", SYNTH_FOLDER)
    .option("--json", "print everything as JSON")
    .option("--html <file>", "write a page with a picture")
    .option("--all", "rank every agent by what it reaches")
    .addHelpText("after", HELP)
    .action(async (agent: string | undefined, flags: Flags) => {
      checkCalled(agent, flags);
      const radii = await radiiIn(flags.dir);
      if (agent === undefined) return printRanking(radii, flags, io);
      const radius = radii.of(agent);
      if (radius === undefined) throw await unknownPrincipal(agent, radii);
      await print(radius, flags, io);
    });
}

function checkCalled(agent: string | undefined, { all, html }: Flags): void {
  if (agent === undefined && all !== true) {
    throw new UsageError("no agent is named: name one, or rank all of them with --all");
  }
  if (agent !== undefined && all === true)
    throw new UsageError(`--all ranks every agent: leave out ${agent}, or --all`);
  if (all === true && html !== undefined) throw new UsageError("--html shows one agent: name it in the place of --all");
}

async function radiiIn(folder: string): Promise<BlastRadii> {
  const { BlastRadii } = await import("../review/blast-radius/blast-radii");
  return withFolders([folder], ([estate]) => new BlastRadii(estate as Estate));
}

async function unknownPrincipal(agent: string, radii: BlastRadii): Promise<UsageError> {
  const { nearest } = await import("../domain/nearest");
  const { brief } = await import("../review/report/text-parts");
  const near = nearest(agent, radii.names, MOST_NAMES).map(brief);
  const meant =
    near.length === 0 ? "the folder has no principals: name another with --dir" : `did you mean ${near.join(", ")}?`;
  return new UsageError(`no principal is named ${brief(agent)}: ${meant}`);
}

async function print(radius: BlastRadius, { json, html }: Flags, io: Io): Promise<void> {
  if (html !== undefined) {
    const { htmlRadius } = await import("../review/blast-radius/report/radius-page");
    write(html, htmlRadius(radius));
  }
  if (json === true) {
    const { jsonRadius } = await import("../review/blast-radius/report/radius-json");
    return io.out(jsonRadius(radius));
  }
  const { terminalRadius } = await import("../review/blast-radius/report/radius-text");
  const { bold, columns, dim, green, red, yellow } = await import("./terminal");
  io.out(terminalRadius(radius, { columns: columns(), paint: { bold, dim, green, red, yellow } }));
}

async function printRanking(radii: BlastRadii, { json }: Flags, io: Io): Promise<void> {
  const { ranking } = await import("../review/blast-radius/report/ranking");
  const ranked = ranking(radii);
  if (json === true) {
    const { jsonRanking } = await import("../review/blast-radius/report/radius-json");
    return io.out(jsonRanking(ranked));
  }
  const { rankingRows } = await import("../review/blast-radius/report/ranking");
  const { table } = await import("./terminal");
  io.out(table(rankingRows(ranked)));
}
