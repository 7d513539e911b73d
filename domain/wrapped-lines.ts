/** Lines of at most so many columns, words kept whole; every line but the first begins with `rest`. */
export function wrappedLines(text: string, first: string, rest: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].map((each) => each.trimEnd());
}

/** Columns of a text in a terminal: escape sequences for colours take none. */
export function width(text: string): number {
  return text.replace(/\u001b\[\d+m/g, "").length;
}
