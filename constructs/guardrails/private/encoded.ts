import type { Json } from "../../../domain";

const ENCODED = /^\s*\$\{\s*(?:json|yaml)encode\(([^]*)\)\s*\}\s*$/;

/** What an expression such as `${yamlencode({ replicas = 2 })}` encodes; undefined for another one. What it refers to stays a reference. */
export function encodedIn(written: string): Json | undefined {
  const [, expression] = ENCODED.exec(written) ?? [];
  return expression === undefined ? undefined : new Expression(expression).value();
}

/** An object, a list or a value of HCL. @see https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#expressions */
class Expression {
  private index = 0;

  constructor(private readonly text: string) {}

  public value(): Json {
    this.skip();
    const comprehends = /^[{[]\s*for\b/.test(this.rest());
    if (!comprehends && this.takes("{")) return this.object();
    if (!comprehends && this.takes("[")) return this.list();
    const raw = this.raw();
    if (raw === "null") return null;
    if (raw === "true" || raw === "false") return raw === "true";
    if (/^-?\d+(?:\.\d+)?$/.test(raw)) return Number(raw);
    return /^"(?:[^"\\$%]|\\.|[$%](?!\{))*"$/.test(raw) ? unquoted(raw) : templateOf(raw);
  }

  private object(): Json {
    const members: [string, Json][] = [];
    for (this.skip(); !this.takes("}") && this.rest() !== ""; this.skip()) {
      const key = /^(?:"((?:[^"\\]|\\.)*)"|[\w-]+|\([^()]*\))/.exec(this.rest())?.[0] ?? this.rest();
      this.index += key.length;
      this.skip();
      if (!this.takes("=")) this.takes(":");
      members.push([key.startsWith('"') ? unquoted(key) : key, this.value()]);
      this.skip();
      this.takes(",");
    }
    return Object.fromEntries(members);
  }

  private list(): Json {
    const values: Json[] = [];
    for (this.skip(); !this.takes("]") && this.rest() !== ""; this.skip()) {
      values.push(this.value());
      this.skip();
      this.takes(",");
    }
    return values;
  }

  /** Up to what ends an expression: a comma, the end of a line or of what is around it */
  private raw(): string {
    const start = this.index;
    for (let depth = 0; this.index < this.text.length;) {
      const [text] = /^"(?:\\.|\$\{[^}]*\}|[^"\\])*"/.exec(this.rest()) ?? [];
      const letter = this.text[this.index] as string;
      if (text === undefined && depth === 0 && /[,\n\]})]/.test(letter)) break;
      if (/[([{]/.test(letter)) depth++;
      if (/[)\]}]/.test(letter)) depth--;
      this.index += text?.length ?? 1;
    }
    // Else nothing would be read, for ever.
    if (this.index === start) this.index++;
    return this.text.slice(start, this.index).trim();
  }

  private skip(): void {
    this.index += /^(?:\s|(?:#|\/\/)[^\n]*|\/\*[^]*?\*\/)*/.exec(this.rest())?.[0].length ?? 0;
  }

  private takes(letter: string): boolean {
    if (this.text[this.index] !== letter) return false;
    this.index++;
    return true;
  }

  private rest(): string {
    return this.text.slice(this.index);
  }
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}

/** A text with references in it, or one reference */
function templateOf(raw: string): string {
  return raw.startsWith('"') && raw.endsWith('"') ? unquoted(raw) : `\${${raw}}`;
}
