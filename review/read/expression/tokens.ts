import type { Cursor } from "./cursor";

export interface Token {
  /** `quote` and `heredoc`: the template begins at the cursor. */
  readonly kind: "name" | "number" | "symbol" | "quote" | "heredoc" | "end";
  readonly text: string;
  /** Where it begins */
  readonly start: number;
}

const BLANK = /(?:\s+|#[^\n]*|\/\/[^\n]*)+/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:.,()[\]{}=~]/y;
const HEREDOC = /<<-?[\p{ID_Start}_][\p{ID_Continue}-]*\r?\n/uy;

/** The next token of an expression. Line ends do not count, as within parentheses. */
export function nextToken(cursor: Cursor): Token {
  skipBlanks(cursor);
  const start = cursor.at;
  const token = (kind: Token["kind"], text: string): Token => ({ kind, text, start });
  if (cursor.isAtEnd) return token("end", "");
  if (cursor.startsWith('"')) {
    cursor.at += 1;
    return token("quote", '"');
  }
  const name = cursor.take(NAME);
  if (name !== undefined) return token("name", name);
  const number = cursor.take(NUMBER);
  if (number !== undefined) return token("number", number);
  const heredoc = cursor.take(HEREDOC);
  if (heredoc !== undefined) return token("heredoc", heredoc.trim());
  const symbol = cursor.take(SYMBOL);
  if (symbol !== undefined) return token("symbol", symbol);
  return cursor.fail("a token");
}

function skipBlanks(cursor: Cursor): void {
  for (;;) {
    cursor.take(BLANK);
    if (!cursor.startsWith("/*")) return;
    const end = cursor.text.indexOf("*/", cursor.at + 2);
    if (end < 0) cursor.fail("the end of the comment that begins");
    cursor.at = end + 2;
  }
}
