import { loadavg } from "node:os";
import { exponentOf, median } from "../comparison";
import { machineName } from "../machine";
import type { Duration, Measures } from "../stopwatch";
import { type Pair, type Questions, Workshop } from "./workshop";

/**
 * What the project promises. Seconds and milliseconds of processor time, but for the start and the boundary: on the clock,
 * because a person waits, and the garbage collector runs beside it.
 */
export const LIMITS = {
  /** Seconds of a review of 1,000 agents of which 20 change */
  thousand: 1,
  /** Times the parsing of all JSON of both states, which 10,000 agents may take besides what each agent takes */
  parse: 3,
  exponent: 1.1,
  /** Seconds on the clock where one boundary reaches 10,000 agents */
  boundary: 15,
  /** Microseconds of one request */
  decide: 20,
  /** Microseconds of the median, and milliseconds of the longest */
  inclusion: { median: 100, worst: 50 },
  /** Milliseconds that `ambit` starts later than plain Node */
  start: 100,
} as const;

const REACHED = 10_000;
const QUESTIONED = 1_000;

/** A fleet in several rounds; both processes of a round ran while the machine was equally busy. */
export interface SizeMeasures {
  readonly agents: number;
  readonly parse: readonly Measures[];
  readonly review: readonly Measures[];
}

export interface ReviewResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  readonly sizes: readonly SizeMeasures[];
  /** `ambit review` as a process, of the smallest fleet */
  readonly command: readonly Measures[];
  /** Of as many agents as the largest fleet, all of them with AWS data */
  readonly boundary: readonly Measures[];
  readonly questions: readonly Questions[];
  /** Milliseconds on the clock */
  readonly start: Readonly<Record<"ambit" | "node", readonly number[]>>;
}

export interface ReviewBenchProps {
  readonly sizes: readonly { readonly agents: number; readonly rounds: number }[];
  readonly boundaryRounds: number;
  readonly questionRounds: number;
  readonly startRounds: number;
  readonly progress: (text: string) => void;
}

/** @throws where a review finds anything but what was changed: its time would say nothing. */
export function reviewBench(props: ReviewBenchProps): ReviewResult {
  const { progress } = props;
  const busy = loadavg()[0] ?? 0;
  progress("compiling");
  const workshop = new Workshop();
  try {
    const start = startsMeasured(workshop, props);
    const sizes: SizeMeasures[] = [];
    const command: Measures[] = [];
    for (const [index, { agents, rounds }] of props.sizes.entries()) {
      progress(`${agents.toLocaleString("en")} agents, made twice`);
      const pair = workshop.fleet(agents);
      progress(`${agents.toLocaleString("en")} agents, ${rounds} rounds`);
      sizes.push({ agents, ...inTurns(workshop, pair, rounds) });
      if (index === 0) for (let round = 0; round < rounds; round++) command.push(workshop.command(pair));
    }
    const questions = questionsMeasured(workshop, props);
    return {
      machine: machineName(),
      busy,
      sizes,
      command,
      boundary: boundaryMeasured(workshop, props),
      questions,
      start,
    };
  } finally {
    workshop.close();
  }
}

function inTurns(workshop: Workshop, pair: Pair, rounds: number): Omit<SizeMeasures, "agents"> {
  const [parse, review]: [Measures[], Measures[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    const sides = [() => parse.push(workshop.parse(pair)), () => review.push(workshop.review(pair))];
    for (const measure of round % 2 === 0 ? sides : sides.reverse()) measure();
  }
  return { parse, review };
}

function startsMeasured(workshop: Workshop, { startRounds, progress }: ReviewBenchProps): ReviewResult["start"] {
  progress(`start, ${startRounds} rounds`);
  const [ambit, node]: [number[], number[]] = [[], []];
  for (let round = 0; round < startRounds; round++) {
    ambit.push(workshop.start("ambit"));
    node.push(workshop.start("node"));
  }
  return { ambit, node };
}

function questionsMeasured(
  workshop: Workshop,
  { questionRounds, progress }: ReviewBenchProps,
): ReviewResult["questions"] {
  progress(`questions, ${questionRounds} rounds`);
  const pair = workshop.boundary(QUESTIONED);
  return Array.from({ length: questionRounds }, () => workshop.questions(pair));
}

function boundaryMeasured(
  workshop: Workshop,
  { boundaryRounds, progress }: ReviewBenchProps,
): ReviewResult["boundary"] {
  if (boundaryRounds === 0) return [];
  progress(`a boundary of ${REACHED.toLocaleString("en")} agents, ${boundaryRounds} rounds`);
  const pair = workshop.boundary(REACHED);
  return Array.from({ length: boundaryRounds }, () => workshop.review(pair));
}

/** Milliseconds of all steps, a value for each round */
export function timesOf(measures: readonly Measures[], by: keyof Duration = "cpu"): readonly number[] {
  return measures.map(({ steps }) => Object.values(steps).reduce((sum, step) => sum + step[by], 0));
}

/** Milliseconds beyond so many times the parsing, a value for each round; what is less is none. */
export function beyondParse({ parse, review }: SizeMeasures): readonly number[] {
  const parsed = timesOf(parse);
  return timesOf(review).map((time, round) => Math.max(0, time - LIMITS.parse * (parsed[round] ?? NaN)));
}

/** Slope of time over agents, both as logarithms */
export function growthOf(sizes: readonly SizeMeasures[]): number {
  return exponentOf(sizes.map(({ agents, review }) => [agents, median(timesOf(review))]));
}
