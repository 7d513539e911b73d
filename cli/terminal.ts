/** Colours only where a person looks, and not where NO_COLOR asks for none. */
const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;

export const bold = (text: string): string => paint(text, 1);
export const yellow = (text: string): string => paint(text, 33);

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

function width(text: string): number {
  return text.replace(/\u001b\[\d+m/g, "").length;
}
