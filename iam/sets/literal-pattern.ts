import { closingBraces } from "./private/letters";

/** The pattern that matches `text` only: its `*` and `?` are no wildcards, its `${…}` stay as they are. */
export function literalPattern(text: string): string {
  if (!/[*?]/.test(text)) return text;
  const ends = closingBraces(text);
  let pattern = "";
  for (let at = 0; at < text.length; at++) {
    const end = text[at] === "$" ? ends.get(at + 1) : undefined;
    if (end !== undefined) {
      pattern += text.slice(at, end + 1);
      at = end;
    } else pattern += text[at] === "*" || text[at] === "?" ? `\${${text[at]}}` : text[at];
  }
  return pattern;
}
