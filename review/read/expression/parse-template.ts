import type { Cursor } from "./tokens";
import type { Expression } from "./syntax";

/** Reads an expression from behind `${` or `%{` to its closing brace, and moves the cursor behind that. */
export type ReadInner = (cursor: Cursor) => { readonly inner: readonly Expression[]; readonly trims: boolean };

/** Syntax of literal text in a template, and its end */
interface Style {
  readonly literal: RegExp;
  readonly isQuoted: boolean;
}

/** To the end of the text; a backslash is literal */
const BARE: Style = { literal: /[^$%]+/y, isQuoted: false };
/** To a closing quote; on one line, with escapes */
const QUOTED: Style = { literal: /[^$%"\\\n]+/y, isQuoted: true };

const ESCAPE = /\\(?:[nrt"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})/y;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" };

export function parseBareTemplate(cursor: Cursor, readInner: ReadInner): Expression {
  return new TemplateReader(cursor, BARE, readInner).read();
}

/** From behind the opening quote */
export function parseQuotedTemplate(cursor: Cursor, readInner: ReadInner): Expression {
  return new TemplateReader(cursor, QUOTED, readInner).read();
}

/**
 * From the line after the opening one
 *
 * @param start such as `<<EOT` or `<<-EOT`
 */
export function parseHeredoc(cursor: Cursor, start: string, readInner: ReadInner): Expression {
  const isIndented = start.startsWith("<<-");
  const marker = start.slice(isIndented ? 3 : 2);
  const lines: string[] = [];
  for (;;) {
    const end = cursor.text.indexOf("\n", cursor.at);
    const line = cursor.text.slice(cursor.at, end < 0 ? undefined : end);
    cursor.at = end < 0 ? cursor.text.length : end;
    if (line.trim() === marker) break;
    if (end < 0) cursor.fail(`the line ${marker}`);
    lines.push(line);
    cursor.at += 1;
  }
  const body = (isIndented ? withoutIndentation(lines) : lines).map((line) => `${line}\n`).join("");
  return new TemplateReader(cursor.within(body), BARE, readInner).read();
}

function withoutIndentation(lines: readonly string[]): readonly string[] {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const indent = indents.reduce((least, each) => Math.min(least, each), Infinity);
  return lines.map((line) => line.slice(Math.min(indent, line.length - line.trimStart().length)));
}

class TemplateReader {
  private readonly parts: (string | Expression)[] = [];
  private literal = "";
  /** The effect of a directive or a trim marker on the whole */
  private opaque: string | undefined;

  constructor(
    private readonly cursor: Cursor,
    private readonly style: Style,
    private readonly readInner: ReadInner,
  ) {}

  public read(): Expression {
    const { cursor, style } = this;
    const start = cursor.at;
    while (!this.isClosed()) {
      const literal = cursor.take(style.literal);
      if (literal !== undefined) this.literal += literal;
      else if (cursor.startsWith("$") || cursor.startsWith("%")) this.readMark(cursor.text[cursor.at] as "$" | "%");
      else this.literal += this.escape();
    }
    const source = cursor.text.slice(start, cursor.at);
    if (style.isQuoted) cursor.at += 1;
    this.endLiteral();
    if (this.opaque === undefined) return { kind: "template", parts: this.parts };
    const inputs = this.parts.filter((part) => typeof part !== "string");
    return { kind: "opaque", what: this.opaque, source, inputs };
  }

  private isClosed(): boolean {
    const { cursor, style } = this;
    if (!style.isQuoted) return cursor.isAtEnd;
    if (cursor.isAtEnd) cursor.fail("a closing quote");
    return cursor.startsWith('"');
  }

  private readMark(mark: "$" | "%"): void {
    const { cursor } = this;
    if (cursor.startsWith(`${mark}${mark}{`)) {
      this.literal += `${mark}{`;
      cursor.at += 3;
    } else if (cursor.startsWith(`${mark}${mark}${mark}{`)) {
      cursor.fail(`fewer than three "${mark}"`);
    } else if (cursor.startsWith(`${mark}{`)) {
      cursor.at += 2;
      this.endLiteral();
      const { inner, trims } = cursor.nested(() => this.readInner(cursor));
      this.parts.push(...inner);
      if (mark === "%") this.opaque = "template with directives";
      else if (trims) this.opaque ??= "template that trims";
    } else {
      this.literal += mark;
      cursor.at += 1;
    }
  }

  private escape(): string {
    const { cursor } = this;
    const escape = cursor.take(ESCAPE);
    if (escape === undefined) return cursor.fail("an escape such as \\n, or the closing quote on the same line");
    const short = SHORT_ESCAPES[escape[1] as string];
    if (short !== undefined) return short;
    const point = parseInt(escape.slice(2), 16);
    return point > 0x10ffff ? cursor.fail("a character that Unicode has") : String.fromCodePoint(point);
  }

  private endLiteral(): void {
    if (this.literal !== "") this.parts.push(this.literal);
    this.literal = "";
  }
}
