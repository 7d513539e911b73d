/** An expression, as far as its text tells its value */
interface Known {
  /** With single spaces, to compare with another one */
  readonly text: string;
  /** Left out where it depends on a request */
  readonly value?: boolean | number | string;
}

const TOKEN = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|::|&&|\|\||[=!<>]=|[\w.]+|\S/g;
const CLOSES = new Set(["&&", "||", "==", "!=", "<", "<=", ">", ">=", "?", ":", ")", "]", "}", ",", "then", "else"]);
const OPENS: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/**
 * Whether an expression of Cedar, CEL or Rego holds for each request (`true`), for none (`false`), or depends on it (undefined): constants,
 * a value that is compared with itself, and what follows from these.
 */
export function truthOf(expression: string): boolean | undefined {
  const reader = new Reader(expression.match(TOKEN) ?? []);
  const { value } = reader.choice();
  return reader.isAtEnd && typeof value === "boolean" ? value : undefined;
}

class Reader {
  private index = 0;

  constructor(private readonly tokens: readonly string[]) {}

  public get isAtEnd(): boolean {
    return this.index >= this.tokens.length;
  }

  /** `if a then b else c`, or `a ? b : c` */
  public choice(): Known {
    const isNamed = this.takes("if");
    const test = isNamed ? this.choice() : this.any();
    if (!this.takes(isNamed ? "then" : "?")) return test;
    const yes = this.choice();
    this.takes(isNamed ? "else" : ":");
    const no = this.choice();
    const text = `${test.text} ? ${yes.text} : ${no.text}`;
    if (test.value === true || yes.text === no.text) return { ...yes, text };
    if (test.value === false) return { ...no, text };
    return { text, ...(yes.value === no.value && yes.value !== undefined && { value: yes.value }) };
  }

  private any(): Known {
    return this.joined("||", () => this.all(), true);
  }

  private all(): Known {
    return this.joined("&&", () => this.compared(), false);
  }

  /** One `decisive` value decides, and so do an expression and its opposite. */
  private joined(operator: string, next: () => Known, decisive: boolean): Known {
    const parts = [next()];
    while (this.takes(operator)) parts.push(next());
    const [only] = parts;
    if (only !== undefined && parts.length === 1) return only;
    const text = parts.map((part) => part.text).join(` ${operator} `);
    const texts = new Set(parts.map((part) => part.text));
    const isOpposed = parts.some((part) => texts.has(`!${part.text}`));
    if (isOpposed || parts.some(({ value }) => value === decisive)) return { text, value: decisive };
    return parts.every(({ value }) => value === !decisive) ? { text, value: !decisive } : { text };
  }

  private compared(): Known {
    const left = this.opposite();
    const operator = ["==", "!=", "<=", ">=", "<", ">"].find((each) => this.takes(each));
    if (operator === undefined) return left;
    const right = this.opposite();
    const text = `${left.text} ${operator} ${right.text}`;
    if (left.text === right.text) return { text, value: ["==", "<=", ">="].includes(operator) };
    const [one, other] = [left.value, right.value];
    if (one === undefined || other === undefined) return { text };
    if (operator === "==" || operator === "!=") return { text, value: (one === other) === (operator === "==") };
    if (typeof one !== "number" || typeof other !== "number") return { text };
    const isLess = operator.startsWith("<");
    return {
      text,
      value: isLess
        ? one < other || (operator === "<=" && one === other)
        : one >= other && (operator === ">=" || one !== other),
    };
  }

  private opposite(): Known {
    if (!this.takes("!")) return this.value();
    const { text, value } = this.opposite();
    return { text: `!${text}`, ...(typeof value === "boolean" && { value: !value }) };
  }

  private value(): Known {
    const start = this.index;
    if (this.takes("(")) {
      const inner = this.choice();
      if (this.takes(")") && (this.isAtEnd || CLOSES.has(this.tokens[this.index] as string))) return inner;
      this.index = start;
    }
    const words: string[] = [];
    for (let ends: string[] = []; !this.isAtEnd; this.index++) {
      const token = this.tokens[this.index] as string;
      if (ends.length === 0 && CLOSES.has(token)) break;
      if (OPENS[token] !== undefined) ends = [...ends, OPENS[token]];
      else if (token === ends.at(-1)) ends = ends.slice(0, -1);
      words.push(token);
    }
    return constantIn(words.join(" "));
  }

  private takes(token: string): boolean {
    if (this.tokens[this.index] !== token) return false;
    this.index++;
    return true;
  }
}

function constantIn(text: string): Known {
  if (text === "true" || text === "false") return { text, value: text === "true" };
  if (/^(?:- )?\d+(?:\.\d+)?$/.test(text)) return { text, value: Number(text.replace("- ", "-")) };
  const quoted = /^(["'])((?:\\.|(?!\1)[^\\])*)\1$/.exec(text)?.[2];
  return quoted === undefined ? { text } : { text: `"${quoted}"`, value: quoted };
}
