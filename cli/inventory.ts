import { readFileSync } from "node:fs";
import { Command } from "commander";
import { printable } from "../domain/printable";
import type { InventoriedAgent, Inventory } from "../governance/inventory/inventory";
import type { Output } from "../governance/inventory/output";
import { checkLive, type LiveFlags, withLive } from "./live/flags";
import type { LiveParts } from "./live/inventory-live";
import { CliError, type Io, UsageError } from "./program";
import { SYNTH_FOLDER } from "./synthesized";
import { write } from "./write-file";

/** Of those that were meant, perhaps */
const MOST_NAMES = 3;

const HELP = `
Every agent that is declared, suspended and expired ones too: who answers for it, until when, what it may do, who may call it, its
risk with reasons, and which findings are answered for. The folder is the output of synth (cdktf.out); no code in it is run, and no
credentials are needed. The same folder gives the same bytes: states are those of the synth, or of the day that --on names.

Examples:
  ambit inventory
  ambit inventory support-triage
  ambit inventory --json > inventory.json
  ambit inventory --csv inventory.csv --html inventory.html --on 2027-01-31
  ambit inventory --markdown INVENTORY.md
  ambit inventory --check INVENTORY.md
  ambit inventory --live --registry-table ambit-prod-registry --public-key registry.pub.pem
  ambit inventory --live --without kubernetes registry --unused-days 180 --json

Commit INVENTORY.md and have CI check it: then each pull request shows what it changes of the inventory.

--live asks AWS and the cluster by the aws and kubectl command lines, with your rights and kubectl's current context; nothing is changed.
It prints orphans (deployed, not declared), what is missing, and rights without use with a narrowing as a diff of the declaration.

Exit codes: 0 printed; 1 failed, the folder cannot be read, the file of --check differs, or --live could not ask all sources; 64 usage error, or no such agent.`;

interface Flags extends LiveFlags {
  readonly dir: string;
  readonly json?: true;
  readonly csv?: string;
  readonly cyclonedx?: string;
  readonly html?: string;
  readonly markdown?: string;
  readonly check?: string;
  readonly on?: string;
}

export function inventoryCommand(io: Io, parts?: LiveParts): Command {
  const command = new Command("inventory")
    .summary("every agent, who answers for it, and what it may do")
    .description("List every agent of a synthesized folder with what it may do, its risk and who answers for it.")
    .argument("[agent]", "print everything about this agent")
    .option("--dir <folder>", "what synth wrote", SYNTH_FOLDER)
    .option("--json", "print everything as JSON")
    .option("--csv <file>", "write a line for each agent, for spreadsheets")
    .option("--cyclonedx <file>", "write CycloneDX 1.7 in JSON")
    .option("--html <file>", "write a page with the fleet as a picture")
    .option("--markdown <file>", "write INVENTORY.md, to be committed")
    .option("--check <file>", "compare an INVENTORY.md with the folder, and print nothing else")
    .option("--on <day>", "states as of this day (UTC), YYYY-MM-DD");
  return withLive(command)
    .addHelpText("after", HELP)
    .action(async (agent: string | undefined, flags: Flags) => {
      checkCalled(agent, flags);
      if (flags.live === true) {
        const { compareLive, REAL_LIVE_PARTS } = await import("./live/inventory-live");
        return compareLive({ dir: flags.dir, output: await outputIn(flags.dir) }, flags, parts ?? REAL_LIVE_PARTS, io);
      }
      const inventory = await inventoryIn(flags);
      if (flags.check !== undefined) return check(inventory, flags.check, io);
      const one = agent === undefined ? undefined : await agentIn(inventory, agent);
      await writeFiles(inventory, flags);
      await print(inventory, one, flags, io);
    });
}

function checkCalled(agent: string | undefined, flags: Flags): void {
  const given = (["json", "csv", "cyclonedx", "html", "markdown"] as const).find((name) => flags[name] !== undefined);
  if (agent !== undefined && flags.json === true) {
    throw new UsageError(`--json prints the whole fleet: leave out ${agent}, or --json`);
  }
  const beside = (["csv", "cyclonedx", "html", "markdown", "check", "on"] as const).find(
    (name) => flags[name] !== undefined,
  );
  checkLive(flags, agent ?? (beside === undefined ? undefined : `--${beside}`));
  const other = agent ?? (given === undefined ? undefined : `--${given}`);
  if (flags.check !== undefined && other !== undefined) {
    throw new UsageError(`--check compares one file, and prints nothing else: leave out ${other}, or --check`);
  }
}

/** Text of a file that a team commits; line ends are those of its checkout. */
async function check(inventory: Inventory, file: string, io: Io): Promise<void> {
  const { inventoryMarkdown } = await import("../governance/inventory/report/inventory-markdown");
  const { differenceOf } = await import("../governance/inventory/report/markdown-difference");
  const difference = differenceOf(read(file), inventoryMarkdown(inventory));
  if (difference.length === 0) return io.out(`${file} is the inventory of the folder\n`);
  io.out(difference.map((line) => `${printable(line)}\n`).join(""));
  throw new CliError(
    `${file} is not the inventory of the folder: write it anew with --markdown ${file}, and commit it`,
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const why = (error as Error).message;
    throw new CliError(`${file} cannot be read: ${why}: write it with --markdown ${file}`);
  }
}

async function inventoryIn({ dir, on }: Flags): Promise<Inventory> {
  const day = on === undefined ? undefined : await dayOf(on);
  const { inventoryOf } = await import("../governance/inventory/inventory-of");
  const inventory = inventoryOf(await outputIn(dir));
  if (day === undefined) return inventory;
  const { inventoryOn } = await import("../governance/inventory/inventory-on");
  return inventoryOn(inventory, day);
}

async function outputIn(dir: string): Promise<Output> {
  const { readOutput } = await import("../governance/inventory/output");
  const { ReadError } = await import("../review/read/read-error");
  try {
    return readOutput(dir);
  } catch (error) {
    if (error instanceof ReadError) throw new CliError(error.message);
    throw error;
  }
}

async function dayOf(on: string) {
  const { CalendarDate, DeclarationError } = await import("../domain");
  try {
    return CalendarDate.of(on, "inventory", "--on");
  } catch (error) {
    if (error instanceof DeclarationError) throw new UsageError(error.message.replace(/^inventory: /, ""));
    throw error;
  }
}

async function agentIn({ agents }: Inventory, called: string): Promise<InventoriedAgent> {
  const agent = agents.find(({ name }) => name === called);
  if (agent !== undefined) return agent;
  const { nearest } = await import("../domain/nearest");
  const names = agents.map(({ name }) => name);
  const near = nearest(called, names, MOST_NAMES).join(", ");
  const meant = near === "" ? "the folder has no agents: name another with --dir" : `did you mean ${near}?`;
  throw new UsageError(`no agent is named ${JSON.stringify(called)}: ${meant}`);
}

async function writeFiles(inventory: Inventory, { csv, cyclonedx, html, markdown }: Flags): Promise<void> {
  if (cyclonedx !== undefined) {
    const { inventoryCycloneDx } = await import("../governance/inventory/report/inventory-cyclonedx");
    write(cyclonedx, inventoryCycloneDx(inventory));
  }
  if (html !== undefined) {
    const { inventoryPage } = await import("../governance/inventory/report/inventory-page");
    write(html, inventoryPage(inventory));
  }
  if (markdown !== undefined) {
    const { inventoryMarkdown } = await import("../governance/inventory/report/inventory-markdown");
    write(markdown, inventoryMarkdown(inventory));
  }
  if (csv !== undefined) {
    const { inventoryCsv } = await import("../governance/inventory/report/inventory-csv");
    write(csv, inventoryCsv(inventory));
  }
}

async function print(
  inventory: Inventory,
  agent: InventoriedAgent | undefined,
  { json }: Flags,
  io: Io,
): Promise<void> {
  if (json === true) {
    const { inventoryJson } = await import("../governance/inventory/report/inventory-json");
    return io.out(inventoryJson(inventory));
  }
  const { agentText, inventoryText } = await import("../governance/inventory/report/inventory-text");
  const { bold, columns, dim, green, red, yellow } = await import("./terminal");
  const options = { columns: columns(), paint: { bold, dim, green, red, yellow } };
  io.out(agent === undefined ? inventoryText(inventory, options) : agentText(agent, options));
}
