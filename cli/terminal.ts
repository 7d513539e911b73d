import { unseenReplaced } from "../domain/plain";

/** Colours only where a person looks, and not where NO_COLOR asks for none. */
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

/** Text of a stranger: whatever moves a cursor, hides or turns other text is written out. */
export function printable(text: string): string {
  return unseenReplaced(text, (character) => `\\u{${(character.codePointAt(0) as number).toString(16)}}`);
}

/** JSON whose texts a terminal shows and does not obey: what nobody would see is escaped, and reads back as it was. */
export function jsonText(value: unknown, indent = 0): string {
  return unseenReplaced(JSON.stringify(value, null, indent), (character) =>
    character === "\n" ? character : [...escapes(character)].join(""),
  );
}

function* escapes(character: string): Generator<string> {
  for (let unit = 0; unit < character.length; unit++) {
    yield `\\u${character.charCodeAt(unit).toString(16).padStart(4, "0")}`;
  }
}

/** Lines of at most so many columns, words kept whole; every line but the first begins with `indent`. */
export function wrapped(text: string, indent: string, first = indent, most = columns()): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && width(line) + 1 + width(word) > most) {
      lines.push(line);
      line = indent;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].map((each) => `${each.trimEnd()}\n`).join("");
}

function width(text: string): number {
  return text.replace(/\u001b\[\d+m/g, "").length;
}
