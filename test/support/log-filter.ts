/** Of CloudWatch Logs, "Filter pattern syntax for metric filters": a JSON pattern of comparisons, joined by `||`, `&&` and parentheses. */
const TOKENS = /\s*(\|\||&&|[(){}]|NOT EXISTS|=|\$[\w.]+|"(?:[^"\\]|\\.)*")\s*/gy;

/** Whether a log event counts */
export function matches(pattern: string, event: object): boolean {
  const found = [...pattern.matchAll(TOKENS)];
  if (found.map(([all]) => all).join("") !== pattern) throw new Error(`the pattern cannot be read: ${pattern}`);
  const tokens = found.map(([, token]) => String(token));
  const take = (expected?: string): string => {
    const token = tokens.shift() ?? "";
    if (expected !== undefined && token !== expected) throw new Error(`expected ${expected}, got ${token}`);
    return token;
  };
  const either = (): boolean => {
    let is = both();
    while (tokens[0] === "||") {
      take();
      is = both() || is;
    }
    return is;
  };
  const both = (): boolean => {
    let is = one();
    while (tokens[0] === "&&") {
      take();
      is = one() && is;
    }
    return is;
  };
  const one = (): boolean => {
    const token = take();
    if (token === "(") {
      const is = either();
      take(")");
      return is;
    }
    const value = valueAt(event, token);
    if (take() === "NOT EXISTS") return value === undefined;
    const quoted = take();
    return typeof value === "string" && isLike(value, quoted);
  };
  take("{");
  const is = either();
  take("}");
  return is;
}

function valueAt(event: object, selector: string): unknown {
  const names = selector.split(".").slice(1);
  return names.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], event);
}

/** In a quoted text a backslash takes a sign as it is, and an asterisk stands for any text. */
function isLike(value: string, quoted: string): boolean {
  const parts = quoted.slice(1, -1).split("*");
  const texts = parts.map((part) => part.replaceAll(/\\(.)/g, "$1").replaceAll(/[^\w]/g, String.raw`\$&`));
  return new RegExp(`^${texts.join(".*")}$`, "s").test(value);
}
