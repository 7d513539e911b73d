import { median } from "../comparison";
import { markdown } from "../report";
import type { Duration, Measures } from "../stopwatch";
import { beyondParse, growthOf, LIMITS, type ReviewResult, type SizeMeasures, timesOf } from "./bench";
import type { Questions } from "./workshop";

type Rows = readonly (readonly string[])[];

/** What is held to a limit */
interface Held {
  readonly what: string;
  /** A value for each round; empty where it was not measured */
  readonly values: readonly number[];
  readonly unit: "s" | "ms" | "µs" | "";
  readonly limit: number;
}

export function isAccepted(result: ReviewResult): boolean {
  return held(result).every(isMet);
}

/** Each promise, and whether it is kept */
export function limitRows(result: ReviewResult): Rows {
  const rows = held(result)
    .filter(({ values }) => values.length > 0)
    .map((one) => [
      one.what,
      shown(median(one.values), one.unit),
      one.values.length > 1 ? range(one.values, one.unit) : "",
      `at most ${shown(one.limit, one.unit)}`,
      isMet(one) ? "met" : "missed",
    ]);
  return [["", "median", "min to max", "limit", ""], ...rows];
}

/** Where the time of a review goes as fleets grow */
export function sizeRows({ sizes, boundary }: ReviewResult): Rows {
  const rows = sizes.map((size) => [
    `${number(size.agents)} agents`,
    parsed(size),
    ...reviewed(size.review),
    beyond(size),
  ]);
  const reached = boundary.length === 0 ? [] : [["10,000 agents, their boundary", "", ...reviewed(boundary), ""]];
  return [
    ["", "parse", "read", "review", "on the clock", "memory", "beyond 3 × parse, per agent"],
    ...rows,
    ...reached,
  ];
}

/** What single questions take */
export function questionRows({ questions }: ReviewResult): Rows {
  const [first] = questions;
  const row = (what: string, of: keyof Questions): readonly string[] => [
    what,
    number(first?.[of].count ?? 0),
    shown(median(questions.map((each) => each[of].median)), "µs"),
    shown(median(questions.map((each) => each[of].worst)) / 1000, "ms"),
    number(first?.[of].unknown ?? 0),
  ];
  return [
    ["", "questions", "median", "longest", "unknown"],
    row("is a request allowed", "decide"),
    row("is an access within another", "policies"),
    row("are patterns within others", "patterns"),
  ];
}

export const TABLES = [limitRows, sizeRows, questionRows] as const;

export function circumstances({ machine, busy, sizes }: ReviewResult): string {
  const rounds = sizes.map(({ review }) => review.length).join(", ");
  return `${machine}, load average ${busy.toFixed(1)} at the start, ${rounds} rounds`;
}

export function reviewText(result: ReviewResult): string {
  return `${circumstances(result)}:\n\n${TABLES.map((rows) => markdown(rows(result))).join("\n")}`;
}

function held(result: ReviewResult): readonly Held[] {
  const { sizes, command, boundary, questions, start } = result;
  const seconds = (measures: readonly Measures[], by: keyof Duration = "cpu"): readonly number[] =>
    timesOf(measures, by).map((time) => time / 1000);
  const inclusion = (of: "policies" | "patterns", what: string): readonly Held[] => [
    {
      what: `${what}, median`,
      values: questions.map((each) => each[of].median),
      unit: "µs",
      limit: LIMITS.inclusion.median,
    },
    {
      what: `${what}, longest`,
      values: questions.map((each) => each[of].worst / 1000),
      unit: "ms",
      limit: LIMITS.inclusion.worst,
    },
  ];
  return [
    { what: "1,000 agents, 20 changed", values: seconds(sizes[0]?.review ?? []), unit: "s", limit: LIMITS.thousand },
    { what: "the same, as `ambit review`", values: seconds(command), unit: "s", limit: LIMITS.thousand },
    { what: "growth, exponent", values: sizes.length > 1 ? [growthOf(sizes)] : [], unit: "", limit: LIMITS.exponent },
    {
      what: "a boundary that reaches 10,000, on the clock",
      values: seconds(boundary, "wall"),
      unit: "s",
      limit: LIMITS.boundary,
    },
    {
      what: "is a request allowed, median",
      values: questions.map(({ decide }) => decide.median),
      unit: "µs",
      limit: LIMITS.decide,
    },
    ...inclusion("policies", "is an access within another"),
    ...inclusion("patterns", "are patterns within others"),
    {
      what: "`ambit` starts later than Node by",
      values: start.ambit.map((time, round) => time - (start.node[round] ?? NaN)),
      unit: "ms",
      limit: LIMITS.start,
    },
  ];
}

function isMet({ values, limit }: Held): boolean {
  return values.length === 0 || median(values) <= limit;
}

function parsed({ parse }: SizeMeasures): string {
  return shown(median(timesOf(parse)), "ms");
}

function reviewed(measures: readonly Measures[]): readonly string[] {
  const step = (name: string): string => shown(median(measures.map(({ steps }) => steps[name]?.cpu ?? NaN)), "ms");
  const memory = median(measures.map(({ peakBytes }) => peakBytes / 1e6));
  return [step("read"), step("review"), shown(median(timesOf(measures, "wall")), "ms"), `${number(memory)} MB`];
}

function beyond(size: SizeMeasures): string {
  return shown((median(beyondParse(size)) / size.agents) * 1000, "µs");
}

function range(values: readonly number[], unit: Held["unit"]): string {
  return `${shown(Math.min(...values), "")} to ${shown(Math.max(...values), unit)}`;
}

/** With decimals where there is little to see without */
function shown(value: number, unit: Held["unit"]): string {
  const text = value < 10 ? String(Number(value.toFixed(2))) : number(value);
  return `${text} ${unit}`.trim();
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}
