import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { machineName } from "../machine";
import type { Measures } from "../stopwatch";

const ROOT = resolve(__dirname, "../../..");
const MEGABYTES = 64 * 2 ** 20;

export interface InventoryResult {
  readonly machine: string;
  readonly sizes: readonly InventorySize[];
}

/** Both processes of a round ran while the machine was equally busy. */
export interface InventorySize {
  readonly agents: number;
  /** Parsing all JSON of the folder, the least that a reader does */
  readonly parse: readonly Measures[];
  readonly inventory: readonly Measures[];
}

export interface InventoryBenchProps {
  readonly sizes: readonly { readonly agents: number; readonly rounds: number }[];
  readonly progress: (text: string) => void;
}

/** @throws where an inventory has another number of agents than were declared: its time would say nothing */
export function inventoryBench({ sizes, progress }: InventoryBenchProps): InventoryResult {
  const folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));
  try {
    const measured = sizes.map(({ agents, rounds }) => {
      progress(`${agents.toLocaleString("en")} agents, ${rounds} rounds`);
      const output = join(folder, String(agents));
      run("inventory/processes/synthesize", `${agents}`, output);
      return { agents, ...inTurns(output, agents, rounds) };
    });
    return { machine: machineName(), sizes: measured };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inTurns(folder: string, agents: number, rounds: number): Omit<InventorySize, "agents"> {
  const [parse, inventory]: [Measures[], Measures[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const sides = [
      () => parse.push(JSON.parse(run("review/processes/parse", folder)) as Measures),
      () => inventory.push(listed(folder, agents)),
    ];
    for (const measure of round % 2 === 0 ? sides : sides.reverse()) measure();
  }
  return { parse, inventory };
}

function listed(folder: string, agents: number): Measures {
  const measured = JSON.parse(run("inventory/processes/inventory", folder)) as Measures & { readonly agents: number };
  if (measured.agents !== agents) throw new Error(`expected an inventory of ${agents} agents, got ${measured.agents}`);
  return measured;
}

/** Compiling is no part of what they measure: their steps begin when all is loaded. */
function run(script: string, ...args: readonly string[]): string {
  const all = ["-r", "@swc-node/register", join(ROOT, "test/bench", `${script}.ts`), ...args];
  return execFileSync(process.execPath, all, { cwd: ROOT, encoding: "utf8", maxBuffer: MEGABYTES });
}
