import { width, wrappedLines } from "../domain/wrapped-lines";

export { jsonText, printable, printableJson } from "../domain/printable";

/** Colours only on a terminal, and not with NO_COLOR. */
const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

export const bold = (text: string): string => paint(text, 1);
export const dim = (text: string): string => paint(text, 2);
export const red = (text: string): string => paint(text, 31);
export const green = (text: string): string => paint(text, 32);
export const yellow = (text: string): string => paint(text, 33);

/** Columns of the terminal, or what a page of documentation shows */
export const columns = (): number => Math.max(40, process.stdout.columns ?? 100);

function paint(text: string, code: number): string {
  return coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
}

/** Rows with aligned columns; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ""))));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell))).join("  ");
  return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** Lines of at most so many columns, words kept whole; every line but the first begins with `indent`. */
export function wrapped(text: string, indent: string, first = indent, most = columns()): string {
  return wrappedLines(text, first, indent, most)
    .map((line) => `${line}\n`)
    .join("");
}
