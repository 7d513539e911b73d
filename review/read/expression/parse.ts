import { Cursor, nextToken, type Token } from "./tokens";
import { parseBareTemplate, parseHeredoc, parseQuotedTemplate, type ReadInner } from "./parse-template";
import { type Expression, SPLAT, type Step } from "./syntax";

/** From the loosest to the tightest */
const OPERATORS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", ">", "<=", ">="],
  ["+", "-"],
  ["*", "/", "%"],
];

const CONSTANTS: ReadonlyMap<string, null | boolean> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * A string of Terraform JSON: a template.
 *
 * @throws SyntaxProblem if it cannot be parsed to its end
 */
export function parseTemplate(text: string): Expression {
  return parseBareTemplate(new Cursor(text), readInner);
}

/** The part between `${` and `}`, or `%{` and `}` */
const readInner: ReadInner = (cursor) => {
  const isDirective = cursor.text[cursor.at - 2] === "%";
  const trimsBefore = cursor.take(/~/y) !== undefined;
  const parser = new Parser(cursor);
  const inner = isDirective ? parser.directive() : [parser.expression()];
  const trimsAfter = parser.accept("~");
  parser.expect("}");
  return { inner, trims: trimsBefore || trimsAfter };
};

class Parser {
  private ahead: Token | undefined;

  constructor(private readonly cursor: Cursor) {}

  public expression(): Expression {
    return this.cursor.nested(() => {
      const condition = this.operation(0);
      if (!this.accept("?")) return condition;
      const then = this.expression();
      this.expect(":");
      return { kind: "conditional", condition, then, otherwise: this.expression() };
    });
  }

  /** `if c`, `else`, `endif`, `for k, v in c`, `endfor`: only their inputs are kept */
  public directive(): readonly Expression[] {
    const word = this.name();
    if (word === "if") return [this.expression()];
    if (word === "for") return [this.loopSource()];
    if (word === "else" || word === "endif" || word === "endfor") return [];
    return this.cursor.fail("if, else, endif, for or endfor");
  }

  public accept(symbol: string): boolean {
    const token = this.peek();
    if (token.kind !== "symbol" || token.text !== symbol) return false;
    this.ahead = undefined;
    return true;
  }

  public expect(symbol: string): void {
    if (!this.accept(symbol)) this.fail(`"${symbol}"`);
  }

  private fail(expected: string): never {
    this.cursor.at = this.peek().start;
    return this.cursor.fail(expected);
  }

  private operation(level: number): Expression {
    const symbols = OPERATORS[level];
    if (symbols === undefined) return this.unary();
    const first = this.operation(level + 1);
    const operators: string[] = [];
    const operands = [first];
    for (;;) {
      const operator = symbols.find((symbol) => this.accept(symbol));
      if (operator === undefined) break;
      operators.push(operator);
      operands.push(this.operation(level + 1));
    }
    return operators.length === 0 ? first : { kind: "operation", operators, operands };
  }

  private unary(): Expression {
    const operator = ["!", "-"].find((symbol) => this.accept(symbol));
    if (operator === undefined) return this.withSteps();
    return this.cursor.nested(() => ({ kind: "operation", operators: [operator], operands: [this.unary()] }));
  }

  private withSteps(): Expression {
    const of = this.primary();
    const steps: Step[] = [];
    for (;;) {
      if (this.accept(".")) steps.push(...this.attribute());
      else if (this.accept("[")) steps.push(this.index());
      else if (steps.length === 0) return of;
      else if (of.kind === "reference") return { ...of, steps };
      else return { kind: "access", of, steps };
    }
  }

  private attribute(): readonly Step[] {
    if (this.accept("*")) return [SPLAT];
    const token = this.take();
    if (token.kind === "name") return [token.text];
    // `a.0.1` of the oldest syntax
    if (token.kind === "number" && /^\d+(\.\d+)?$/.test(token.text)) return token.text.split(".").map(Number);
    this.ahead = token;
    return this.fail("a name after the dot");
  }

  private index(): Step {
    const step = this.accept("*") ? SPLAT : this.expression();
    this.expect("]");
    return step;
  }

  private primary(): Expression {
    const token = this.take();
    switch (token.kind) {
      case "number":
        return { kind: "literal", value: Number(token.text) };
      case "quote":
        return this.cursor.nested(() => parseQuotedTemplate(this.cursor, readInner));
      case "heredoc":
        return this.cursor.nested(() => parseHeredoc(this.cursor, token.text, readInner));
      case "name":
        return this.named(token.text);
      case "symbol":
        if (token.text === "(") return this.inParentheses();
        if (token.text === "[") return this.tuple(token);
        if (token.text === "{") return this.object(token);
    }
    this.ahead = token;
    return this.fail("a value");
  }

  private named(first: string): Expression {
    const constant = CONSTANTS.get(first);
    if (constant !== undefined) return { kind: "literal", value: constant };
    let name = first;
    while (this.accept("::")) name += `::${this.name()}`;
    if (this.accept("(")) return { kind: "call", name, inputs: this.list(")") };
    return name === first ? { kind: "reference", root: name, steps: [] } : this.fail('"("');
  }

  private inParentheses(): Expression {
    const inner = this.expression();
    this.expect(")");
    // Following steps must not extend the reference inside.
    return inner.kind === "reference" ? { kind: "access", of: inner, steps: [] } : inner;
  }

  /** To `end`, moving the cursor behind it; `...` after the last makes the whole opaque */
  private list(end: ")" | "]"): readonly Expression[] {
    const items: Expression[] = [];
    while (!this.accept(end)) {
      const item = this.expression();
      const spreads = this.accept("...");
      items.push(spreads ? { kind: "opaque", what: "spread", source: "...", inputs: [item] } : item);
      if (this.accept(",")) continue;
      this.expect(end);
      break;
    }
    return items;
  }

  private tuple(start: Token): Expression {
    if (this.isWord("for")) return this.loop(start, "]");
    return { kind: "tuple", items: this.list("]") };
  }

  private object(start: Token): Expression {
    if (this.isWord("for")) return this.loop(start, "}");
    const items: (readonly [Expression, Expression])[] = [];
    while (!this.accept("}")) {
      const key = this.expression();
      if (!this.accept("=")) this.expect(":");
      items.push([plainKey(key), this.expression()]);
      this.accept(",");
    }
    return { kind: "object", items };
  }

  /** `for k, v in c : x if y`, or `for k, v in c : k => x... if y` */
  private loop(start: Token, end: "]" | "}"): Expression {
    this.take();
    const inputs = [this.loopSource()];
    this.expect(":");
    inputs.push(this.expression());
    if (this.accept("=>")) inputs.push(this.expression());
    this.accept("...");
    if (this.isWord("if")) {
      this.take();
      inputs.push(this.expression());
    }
    this.expect(end);
    return {
      kind: "opaque",
      what: "for expression",
      source: this.cursor.text.slice(start.start, this.cursor.at),
      inputs,
    };
  }

  /** `k, v in c`: the names have no meaning outside, and stay unresolved inside */
  private loopSource(): Expression {
    this.name();
    if (this.accept(",")) this.name();
    if (this.name() !== "in") this.fail('"in"');
    return this.expression();
  }

  private isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "name" && token.text === word;
  }

  private name(): string {
    const token = this.take();
    if (token.kind === "name") return token.text;
    this.ahead = token;
    return this.fail("a name");
  }

  private peek(): Token {
    this.ahead ??= nextToken(this.cursor);
    return this.ahead;
  }

  private take(): Token {
    const token = this.peek();
    this.ahead = undefined;
    return token;
  }
}

/** `{ a = 1 }` has the key "a". */
function plainKey(key: Expression): Expression {
  return key.kind === "reference" && key.steps.length === 0 ? { kind: "literal", value: key.root } : key;
}
