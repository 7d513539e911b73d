/** The pattern that matches `text` only: its `*` and `?` are no wildcards, its `${…}` stay. */
export function literalPattern(text: string): string {
  return text.replace(/\$\{[*?$]\}|[*?]/g, (found) => (found.length > 1 ? found : `\${${found}}`));
}
