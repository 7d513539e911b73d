import { median } from "../comparison";
import { markdown } from "../report";
import { timesOf } from "../review/bench";
import type { CoverageResult } from "./bench";

/** What the project promises: times the parsing of all JSON of the folder */
export const LIMIT = 2;

export function coverageRows({ agents, parse, coverage }: CoverageResult): readonly (readonly string[])[] {
  const ratios = ratiosOf({ parse, coverage });
  const step = (name: string): string => milliseconds(median(coverage.map(({ steps }) => steps[name]?.cpu ?? NaN)));
  return [
    ["", "parse", "read", "coverage", "JSON", "times parse", "min to max", "limit", ""],
    [
      `${agents.toLocaleString("en")} agents`,
      milliseconds(median(timesOf(parse))),
      step("read"),
      step("coverage"),
      step("json"),
      median(ratios).toFixed(2),
      `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
      `at most ${LIMIT}`,
      median(ratios) <= LIMIT ? "met" : "missed",
    ],
  ];
}

export function coverageText(result: CoverageResult): string {
  return `${circumstances(result)}:\n\n${markdown(coverageRows(result))}`;
}

export function circumstances({ machine, busy, parse }: CoverageResult): string {
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${parse.length} rounds`;
}

export function isAccepted(result: CoverageResult): boolean {
  return median(ratiosOf(result)) <= LIMIT;
}

/** A value for each round, of the processor's time */
function ratiosOf({ parse, coverage }: Pick<CoverageResult, "coverage" | "parse">): readonly number[] {
  const parsed = timesOf(parse);
  return timesOf(coverage).map((time, round) => time / (parsed[round] ?? NaN));
}

function milliseconds(time: number): string {
  return `${Math.round(time).toLocaleString("en")} ms`;
}
