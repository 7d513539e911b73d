import { SyntaxProblem } from "./syntax";

export interface Token {
  /** `quote` and `heredoc`: the template begins at the cursor. */
  readonly kind: "name" | "number" | "symbol" | "quote" | "heredoc" | "end";
  readonly text: string;
  /** Offset of its first character */
  readonly start: number;
}

const BLANK = /(?:\s+|#[^\n]*|\/\/[^\n]*)+/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:.,()[\]{}=~]/y;
const HEREDOC = /<<-?[\p{ID_Start}_][\p{ID_Continue}-]*\r?\n/uy;

/** The next token of an expression. Line ends count as spaces, as inside parentheses. */
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

/** Most nested parentheses, brackets and templates of one expression */
const MAX_DEPTH = 100;

/** A position in a text that is read from left to right */
export class Cursor {
  public at = 0;

  /** @param depth nesting around this text */
  constructor(
    public readonly text: string,
    private depth = 0,
  ) {}

  /** A cursor for a part of the text, at the same depth */
  public within(text: string): Cursor {
    return new Cursor(text, this.depth);
  }

  public get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  public startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** The match of a sticky pattern; moves the cursor behind it */
  public take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  public fail(expected: string): never {
    throw new SyntaxProblem(`expected ${expected} at character ${this.at}`);
  }

  /** @throws SyntaxProblem if `read` nests deeper than the limit */
  public nested<Result>(read: () => Result): Result {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new SyntaxProblem(`nested more than ${MAX_DEPTH} levels deep`);
    const result = read();
    this.depth -= 1;
    return result;
  }
}
