import { type Comparison, exponentOf, isWithin, median } from "./comparison";
import { machineName } from "./machine";
import { firstDifference } from "./same-resources";
import type { Duration, Measures } from "./stopwatch";
import { type Side, Workshop } from "./workshop";

/** What the project promises: ratios to plain cdktf, and the exponent of growth. */
export const LIMITS = { time: 1.35, memory: 1.5, start: 2, exponent: 1.1 } as const;

const START_ROUNDS = 15;
/** Agents in the apps that are compared body by body */
const COMPARED = 100;

export interface Result {
  readonly machine: string;
  readonly comparisons: readonly Comparison[];
  /** Per number of agents, the median processor milliseconds of each of Ambit's steps */
  readonly steps: readonly { readonly agents: number; readonly steps: Readonly<Record<string, number>> }[];
  readonly exponents: Readonly<Record<Side, number>>;
  readonly isAccepted: boolean;
}

export interface BenchProps {
  readonly sizes: readonly { readonly agents: number; readonly rounds: number }[];
  readonly progress: (text: string) => void;
}

/** @throws where the two sides do not emit the same resources: their times would say nothing. */
export function bench({ sizes, progress }: BenchProps): Result {
  progress("compiling");
  const workshop = new Workshop();
  try {
    progress("comparing the resources of both sides");
    const difference = firstDifference(workshop.output("ambit", COMPARED), workshop.output("plain", COMPARED));
    if (difference !== undefined) throw new Error(`only one side emits ${difference}`);
    const start = startComparison(workshop, progress);
    const measured = sizes.map((size) => ({ ...size, ...interleaved(workshop, size, progress) }));
    const comparisons = [...measured.flatMap(synthComparisons), start];
    const exponent = (side: Side): number =>
      exponentOf(
        measured.map((size) => [size.agents, median(size[side].map((measures) => synthTime(measures, "cpu")))]),
      );
    const exponents = { ambit: exponent("ambit"), plain: exponent("plain") };
    return {
      machine: machineName(),
      comparisons,
      steps: measured.map(({ agents, ambit }) => ({ agents, steps: medianSteps(ambit) })),
      exponents,
      isAccepted: comparisons.every(isWithin) && exponents.ambit <= LIMITS.exponent,
    };
  } finally {
    workshop.close();
  }
}

type Sides = Readonly<Record<Side, readonly Measures[]>>;

function interleaved(
  workshop: Workshop,
  { agents, rounds }: BenchProps["sizes"][number],
  progress: BenchProps["progress"],
): Sides {
  const measures: Record<Side, Measures[]> = { ambit: [], plain: [] };
  for (let round = 1; round <= rounds; round++) {
    progress(`${agents.toLocaleString("en")} agents, round ${round} of ${rounds}`);
    // Each side goes first in every other round: the second finds a warmer, and perhaps slower, machine.
    const first: Side = round % 2 === 1 ? "ambit" : "plain";
    for (const side of [first, first === "ambit" ? "plain" : "ambit"] as const) {
      measures[side].push(workshop.measure(side, agents));
    }
  }
  return measures;
}

function synthComparisons({ agents, ambit, plain }: Sides & { readonly agents: number }): readonly Comparison[] {
  const what = `${agents.toLocaleString("en")} agents`;
  const megabytes = ({ peakBytes }: Measures): number => peakBytes / 1e6;
  const times = (by: keyof Duration) => ({
    unit: "ms" as const,
    ambit: ambit.map((measures) => synthTime(measures, by)),
    plain: plain.map((measures) => synthTime(measures, by)),
  });
  return [
    { what: `time, ${what}`, ...times("cpu"), limit: LIMITS.time },
    { what: `on the clock, ${what}`, ...times("wall") },
    {
      what: `memory, ${what}`,
      unit: "MB",
      ambit: ambit.map(megabytes),
      plain: plain.map(megabytes),
      ...(agents === 10_000 ? { limit: LIMITS.memory } : {}),
    },
  ];
}

function startComparison(workshop: Workshop, progress: BenchProps["progress"]): Comparison {
  progress(`start, ${START_ROUNDS} rounds`);
  const rounds = Array.from(
    { length: START_ROUNDS },
    () => [workshop.start("ambit"), workshop.start("plain")] as const,
  );
  return {
    what: "start",
    unit: "ms",
    ambit: rounds.map(([ambit]) => ambit),
    plain: rounds.map(([, plain]) => plain),
    limit: LIMITS.start,
  };
}

/** From the first declaration to the written stacks; registry and source map, which plain cdktf has not, are left out. */
function synthTime({ steps }: Measures, by: keyof Duration): number {
  return Object.entries(steps).reduce((sum, [step, time]) => (step === "documents" ? sum : sum + time[by]), 0);
}

function medianSteps(measures: readonly Measures[]): Readonly<Record<string, number>> {
  const names = Object.keys(measures[0]?.steps ?? {});
  return Object.fromEntries(names.map((name) => [name, median(measures.map(({ steps }) => steps[name]?.cpu ?? 0))]));
}
