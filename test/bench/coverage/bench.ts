import { loadavg } from "node:os";
import { machineName } from "../machine";
import type { Measures } from "../stopwatch";
import { Workshop } from "../review/workshop";

export interface CoverageBenchProps {
  readonly agents: number;
  readonly rounds: number;
  readonly progress: (text: string) => void;
}

export interface CoverageResult {
  readonly machine: string;
  /** Processes that waited for a processor before the bench began (one minute's average) */
  readonly busy: number;
  readonly agents: number;
  /** In turns, a value for each round */
  readonly parse: readonly Measures[];
  readonly coverage: readonly Measures[];
}

/** Coverage of a fleet beside parsing the same files. @throws where it covers nothing: its time would say nothing */
export function coverageBench({ agents, rounds, progress }: CoverageBenchProps): CoverageResult {
  const busy = loadavg()[0] ?? 0;
  progress("compiling");
  const workshop = new Workshop();
  try {
    progress(`${agents.toLocaleString("en")} agents, made once`);
    const folder = workshop.lone(agents);
    const [parse, coverage]: [Measures[], Measures[]] = [[], []];
    progress(`${rounds} rounds`);
    for (let round = 0; round < rounds; round++) {
      const sides = [() => parse.push(workshop.parseOf(folder)), () => coverage.push(workshop.coverage(folder))];
      for (const measure of round % 2 === 0 ? sides : sides.reverse()) measure();
    }
    return { machine: machineName(), busy, agents, parse, coverage };
  } finally {
    workshop.close();
  }
}
