import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { opaProgram } from "../../e2e/decisions/programs";
import { exponentOf, median, type Ratio } from "../comparison";
import { machineName } from "../machine";
import { cedarCalls, cedarKinds, permitAll } from "./cedar";
import { type BenchPolicy, benchPolicy, bundleBuild } from "./fleets";
import { BenchOpa } from "./opa";
import { timedInTurns } from "./timed";

/** What the project promises */
export const LIMITS = { flat: 1.25, cedar: 16, exponent: 1.15 } as const;
/** Held to the limit of Cedar's time; the other kinds are shown */
export const LIMITED: readonly string[] = ["call", "token"];
export const SIZES = [10, 1_000, 10_000] as const;

const BUILD_SIZES = [1_000, 2_000, 5_000, 10_000];

/** Microseconds, a median for each round */
export type Times = Readonly<Record<string, readonly number[]>>;

export interface Weight {
  readonly agents: number;
  readonly dataBytes: number;
  readonly bundleBytes: number;
  readonly memoryBytes: number;
}

export interface DecisionsResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  /** By number of agents */
  readonly cedar: Times;
  readonly opa: Times;
  /** By kind of decision, and `permit-all` */
  readonly kinds: Times;
  readonly weights: readonly Weight[];
  /** Milliseconds by number of agents */
  readonly builds: readonly (readonly [agents: number, milliseconds: number])[];
  readonly exponent: number;
  readonly isAccepted: boolean;
}

export interface DecisionsBenchProps {
  readonly rounds: number;
  readonly questions: number;
  readonly warmUp: number;
  readonly progress: (text: string) => void;
}

/** Decisions of both engines by fleets of several sizes, and what the fleet weighs. */
export async function decisionsBench({ progress, ...turns }: DecisionsBenchProps): Promise<DecisionsResult> {
  const busy = loadavg()[0] ?? 0;
  progress("declaring the fleets");
  const fleets = SIZES.map((agents) => benchPolicy(agents));
  progress(`Cedar, ${turns.rounds} rounds`);
  const cedar = await timedInTurns(await cedarCalls(fleets), turns);
  const largest = fleets.at(-1) as BenchPolicy;
  const kinds = await timedInTurns({ "permit-all": permitAll(), ...(await cedarKinds(largest)) }, turns);
  const { opa, weights } = await opaMeasured(fleets, turns, progress);
  progress(`building bundles, ${turns.rounds} rounds`);
  const builds = buildsMeasured(turns.rounds);
  const measured = { cedar, opa, kinds, weights, builds, exponent: exponentOf(builds) };
  return {
    machine: machineName(),
    busy,
    ...measured,
    isAccepted: isAccepted(measured),
  };
}

/** 10,000 agents over 10, per round */
export function growthOf(times: Times): Ratio {
  return ratio(times[`${SIZES[2]}`] ?? [], times[`${SIZES[0]}`] ?? []);
}

/** Over Cedar's cheapest answer, per round */
export function costOf(kinds: Times, kind: string): Ratio {
  return ratio(kinds[kind] ?? [], kinds["permit-all"] ?? []);
}

function isAccepted({ cedar, opa, kinds, exponent }: Pick<DecisionsResult, "cedar" | "opa" | "kinds" | "exponent">) {
  const flat = [cedar, opa].every((times) => growthOf(times).median <= LIMITS.flat);
  return flat && LIMITED.every((kind) => costOf(kinds, kind).median <= LIMITS.cedar) && exponent <= LIMITS.exponent;
}

function ratio(over: readonly number[], under: readonly number[]): Ratio {
  const ratios = over.map((value, round) => value / (under[round] ?? NaN));
  return { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) };
}

/** One process per fleet, all of them running, asked in turns */
async function opaMeasured(
  fleets: readonly BenchPolicy[],
  turns: Omit<DecisionsBenchProps, "progress">,
  progress: DecisionsBenchProps["progress"],
): Promise<Pick<DecisionsResult, "opa" | "weights">> {
  progress("starting OPA");
  const program = await opaProgram();
  const folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));
  const tidy = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", tidy);
  const running: BenchOpa[] = [];
  try {
    for (const fleet of fleets) running.push(await BenchOpa.start(program, join(folder, `${fleet.agents}`), fleet));
    const asks = fleets.map((fleet, index) => [`${fleet.agents}`, (running[index] as BenchOpa).ask(fleet)] as const);
    progress(`OPA, ${turns.rounds} rounds`);
    const opa = await timedInTurns(Object.fromEntries(asks), turns);
    const weights = running.map((each, index) => ({
      agents: fleets[index]?.agents ?? NaN,
      ...each.bytes,
      memoryBytes: each.memoryBytes(),
    }));
    return { opa, weights };
  } finally {
    await Promise.all(running.map((opa) => opa.stop()));
    tidy();
    process.off("exit", tidy);
  }
}

/** The sizes take turns within a round. */
function buildsMeasured(rounds: number): readonly (readonly [number, number])[] {
  const builds = BUILD_SIZES.map((agents) => ({ agents, build: bundleBuild(agents), times: [] as number[] }));
  builds[0]?.build();
  for (let round = 0; round < rounds; round++) {
    for (const { build, times } of builds) {
      const start = performance.now();
      build();
      times.push(performance.now() - start);
    }
  }
  return builds.map(({ agents, times }) => [agents, median(times)] as const);
}
