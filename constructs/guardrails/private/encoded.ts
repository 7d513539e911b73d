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
    const heredoc = this.heredoc();
    if (heredoc !== undefined) return heredoc;
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
      const [, quoted = key] = /^\(\s*("(?:[^"\\]|\\.)*")\s*\)$/.exec(key) ?? [];
      members.push([quoted.startsWith('"') ? unquoted(quoted) : key, this.value()]);
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
      const letter = this.text[this.index] as string;
      // One that does not end takes all that is left, so that it is looked for once.
      const text = letter === '"' ? (QUOTED.exec(this.rest())?.[0] ?? this.rest()) : undefined;
      if (text === undefined && depth === 0 && /[,\n\]})]/.test(letter)) break;
      if (/[([{]/.test(letter)) depth++;
      if (/[)\]}]/.test(letter)) depth--;
      this.index += text?.length ?? 1;
    }
    // Else nothing would be read, for ever.
    if (this.index === start) this.index++;
    return this.text.slice(start, this.index).trim();
  }

  /** What stands between `<<EOT` and a line `EOT` */
  private heredoc(): string | undefined {
    const [open, mark] = /^<<-?([\w-]+)[ \t]*\r?\n/.exec(this.rest()) ?? [];
    if (open === undefined || mark === undefined) return undefined;
    this.index += open.length;
    const rest = this.rest();
    const end = new RegExp(`^[ \\t]*${mark}[ \\t]*\\r?$`, "m").exec(rest);
    this.index += end === null ? rest.length : end.index + end[0].length;
    return rest.slice(0, end?.index);
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

/** No letter begins two of its parts: otherwise a quote that does not end is looked for along each way through its references. */
const QUOTED = /^"(?:\\[^]|\$\{[^}]*\}|\$(?!\{)|[^"\\$])*"/;

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
