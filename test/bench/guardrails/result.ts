import { exponentOf, median } from "../comparison";
import { markdown } from "../report";
import { timesOf } from "../review/bench";
import type { Measures } from "../stopwatch";
import type { GuardrailsResult } from "./bench";

/** What the project promises: times a synth without guardrails, and the exponent of their growth */
export const LIMITS = { synth: 1.1, exponent: 1.1 } as const;

export function guardrailsRows(result: GuardrailsResult): readonly (readonly string[])[] {
  const [ratios, exponents] = [ratiosOf(result), exponentsOf(result)];
  const { agents, many } = result;
  return [
    ["", "without", "with", "ratio", "min to max", "limit", ""],
    [
      `synth, ${agents.toLocaleString("en")} agents`,
      milliseconds(result.without),
      milliseconds(result.with),
      ...judged(ratios, LIMITS.synth),
    ],
    ...([[agents, result.few] as const, [many, result.more] as const] as const).map(([count, measures]) => [
      `guardrails alone, ${count.toLocaleString("en")} agents`,
      "",
      milliseconds(measures),
      "",
      "",
      "",
      "",
    ]),
    ["growth, exponent", "", "", ...judged(exponents, LIMITS.exponent)],
  ];
}

export function guardrailsText(result: GuardrailsResult): string {
  return `${circumstances(result)}:\n\n${markdown(guardrailsRows(result))}`;
}

export function circumstances({ machine, busy, with: rounds }: GuardrailsResult): string {
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${rounds.length} rounds`;
}

export function isAccepted(result: GuardrailsResult): boolean {
  return median(ratiosOf(result)) <= LIMITS.synth && median(exponentsOf(result)) <= LIMITS.exponent;
}

function ratiosOf({ with: guarded, without }: GuardrailsResult): readonly number[] {
  const bare = timesOf(without);
  return timesOf(guarded).map((time, round) => time / (bare[round] ?? NaN));
}

/** Of each round by itself: 1 is linear growth */
function exponentsOf({ agents, many, few, more }: GuardrailsResult): readonly number[] {
  const larger = timesOf(more);
  return timesOf(few).map((time, round) =>
    exponentOf([
      [agents, time],
      [many, larger[round] ?? NaN],
    ]),
  );
}

function judged(values: readonly number[], limit: number): readonly string[] {
  return [
    median(values).toFixed(2),
    `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`,
    `at most ${limit}`,
    median(values) <= limit ? "met" : "missed",
  ];
}

function milliseconds(measures: readonly Measures[]): string {
  return `${Math.round(median(timesOf(measures))).toLocaleString("en")} ms`;
}
