import { printable } from "../../../domain/printable";
import { width } from "../../../domain/wrapped-lines";
import type { Unknown } from "../../change";
import { brief } from "../../report/text-parts";
import type { TerminalOptions } from "../../report/review-text";
import type { Summary } from "../summary";
import { Lines } from "./lines";
import { unknownElsewhere } from "./access-text";

const HEAD = ["AWS", "wild", "tools", "data", "highest", "rights", "unknown", "principal"];

/** A line for every principal, agents first; the name comes last, as it may be long. */
export function tableText(rows: readonly Summary[], elsewhere: readonly Unknown[], options: TerminalOptions): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => width(row[column] ?? ""))));
  const lineOf = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column] ?? 0))).join("  ");
  const [head = "", ...others] = cells.map(lineOf);
  const painted = others.map((line, at) => ((rows[at]?.unknown ?? 0) > 0 ? options.paint.yellow(line) : line));
  const lines = new Lines(options);
  unknownElsewhere(lines, elsewhere);
  const rest = lines.text;
  return `${[options.paint.bold(head), ...painted].map((line) => `${line}\n`).join("")}${rest === "" ? "" : `\n${rest}`}`;
}

function cellsOf({ id, state, isAgent, aws, tools, datasets, highest, rights, unknown }: Summary): readonly string[] {
  const declared = state === null ? ["", "", ""] : [`${tools}`, `${datasets}`, highest ?? ""];
  const stopped = isAgent && state !== null && state !== "active" ? ` (${state})` : "";
  return [
    `${aws.pairs}`,
    `${aws.wildcards}`,
    ...declared,
    `${rights}`,
    `${unknown}`,
    `${brief(printable(id))}${stopped}`,
  ];
}
