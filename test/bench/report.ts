import { LIMITS, type Result } from "./bench";
import { type Comparison, isWithin, median, ratioOf } from "./comparison";

type Rows = readonly (readonly string[])[];

/** Ratios first: the seconds are those of one machine. */
export function ratioRows({ comparisons, exponents }: Result): Rows {
  const growth = [
    "growth, exponent",
    exponents.plain.toFixed(2),
    exponents.ambit.toFixed(2),
    "",
    "",
    `at most ${LIMITS.exponent}`,
    verdict(exponents.ambit <= LIMITS.exponent),
  ];
  return [["", "plain", "Ambit", "ratio", "min to max", "limit", ""], ...comparisons.map(ratioRow), growth];
}

function ratioRow(comparison: Comparison): readonly string[] {
  const { median: ratio, lowest, highest } = ratioOf(comparison);
  const value = (values: readonly number[]): string => `${whole(median(values))} ${comparison.unit}`;
  return [
    comparison.what,
    value(comparison.plain),
    value(comparison.ambit),
    ratio.toFixed(2),
    `${lowest.toFixed(2)} to ${highest.toFixed(2)}`,
    comparison.limit === undefined ? "" : `at most ${comparison.limit}`,
    comparison.limit === undefined ? "" : verdict(isWithin(comparison)),
  ];
}

/** Where Ambit's time goes; `documents` is no part of the ratio. */
export function stepRows({ steps }: Result): Rows {
  const names = ["declare", "construct", "synthesize", "documents"];
  const rows = steps.map((size) => [
    `${size.agents.toLocaleString("en")} agents`,
    ...names.map((name) => `${whole(size.steps[name] ?? 0)} ms`),
  ]);
  return [["", ...names], ...rows];
}

function verdict(holds: boolean): string {
  return holds ? "met" : "missed";
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

export function markdown(rows: Rows): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const [head = [], ...body] = rows;
  return line(head) + line(head.map(() => "---")) + body.map(line).join("");
}

/** The page with everything between the markers of this name replaced. */
export function withText(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the page has no markers ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n${page.slice(to)}`;
}

export function synthText(result: Result): string {
  return `${result.machine}:\n\n${markdown(ratioRows(result))}\nAmbit's steps:\n\n${markdown(stepRows(result))}`;
}
