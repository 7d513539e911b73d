import { SyntaxProblem } from "./syntax";

/** Levels of parentheses, brackets and templates within one expression */
const MAX_DEPTH = 100;

/** A place in a text that is read from the left to the right */
export class Cursor {
  public at = 0;

  /** @param depth levels around this text */
  constructor(
    public readonly text: string,
    private depth = 0,
  ) {}

  /** A cursor for a part of the text, as deep as this one */
  public within(text: string): Cursor {
    return new Cursor(text, this.depth);
  }

  public get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  public startsWith(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  /** The match of a sticky pattern, which is then behind the cursor */
  public take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  public fail(expected: string): never {
    throw new SyntaxProblem(`expected ${expected} at character ${this.at}`);
  }

  /** @throws SyntaxProblem where `read` goes deeper than the limit */
  public nested<Result>(read: () => Result): Result {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new SyntaxProblem(`nested more than ${MAX_DEPTH} levels deep`);
    const result = read();
    this.depth -= 1;
    return result;
  }
}
