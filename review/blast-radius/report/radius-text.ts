import { printable } from "../../../domain/printable";
import { wrappedLines } from "../../../domain/wrapped-lines";
import { brief, placeOf } from "../../report/text-parts";
import type { TerminalOptions, Paint } from "../../report/review-text";
import type { BlastRadius } from "../blast-radius";
import { headingOf, isGrave, rowText, type Group, groupsOf, type Row } from "./rows";
import { groundsText, lastingText, POSSIBLE, summary } from "./radius-words";

const DETAIL = "        ";

/** One sentence, then a tree by hop: what each identity reaches, what gates it, and for how long */
export function terminalRadius(radius: BlastRadius, options: TerminalOptions): string {
  const { columns, paint } = options;
  const sections = [
    wrappedLines(summary(radius, brief), "", "", columns).map(paint.bold),
    ...groupsOf(radius).map((group) => section(group, radius, options)),
    ...(radius.unknown.length === 0 ? [] : [unknownLines(radius, options)]),
  ];
  return sections.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n");
}

function section(group: Group, radius: BlastRadius, options: TerminalOptions): readonly string[] {
  const { columns, paint } = options;
  const lines = group.rows.flatMap((row, at) => [...headOf(row, group.rows[at - 1]), ...rowLines(row, options)]);
  return [
    ...wrappedLines(headingOf(group, radius), "", "  ", columns).map(paint.bold),
    ...(lines.length === 0 ? ["  nothing of its own"] : lines),
  ];
}

/** A heading before the first of the rows with the same gate */
function headOf(row: Row, before: Row | undefined): readonly string[] {
  const text = groundsText(row);
  return before !== undefined && groundsText(before) === text ? [] : [`  ${text}`];
}

function rowLines(row: Row, { columns, paint }: TerminalOptions): readonly string[] {
  const details = [...row.bounds, `${lastingText(row.lasting)}: ${row.lasting.because}`];
  return [
    ...wrappedLines(`${mark(row)} ${rowText(row)}`, "    ", DETAIL, columns).map(colour(row, paint)),
    ...(row.unknown === undefined
      ? []
      : wrappedLines(`${POSSIBLE}: ${brief(row.unknown)}`, DETAIL, DETAIL, columns).map(paint.yellow)),
    ...wrappedLines(details.map(brief).join("; "), DETAIL, DETAIL, columns),
    ...wrappedLines(`at ${printable(placeOf(row.source))}`, DETAIL, DETAIL, columns).map(paint.dim),
  ];
}

function mark(row: Row): string {
  return row.unknown !== undefined ? "?" : isGrave(row) ? "!" : "·";
}

function colour(row: Row, paint: Paint): (text: string) => string {
  if (row.unknown !== undefined) return paint.yellow;
  if (isGrave(row)) return paint.red;
  return row.gate === "approval" ? paint.green : (text) => text;
}

function unknownLines({ unknown }: BlastRadius, { columns, paint }: TerminalOptions): readonly string[] {
  return [
    paint.bold("unknown, counted as reached"),
    ...unknown.flatMap(({ what, why, source }) => [
      ...wrappedLines(`? ${brief(what)}: ${brief(why)}`, "    ", DETAIL, columns).map(paint.yellow),
      ...wrappedLines(`at ${printable(placeOf(source))}`, DETAIL, DETAIL, columns).map(paint.dim),
    ]),
  ];
}
