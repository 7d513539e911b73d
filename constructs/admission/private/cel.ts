/** Any value as a CEL literal: what JSON writes, CEL reads. */
export function literal(value: string | readonly string[] | Readonly<Record<string, readonly string[]>>): string {
  return JSON.stringify(value);
}

/** Both hold */
export function all(...expressions: readonly string[]): string {
  return expressions.map((expression) => `(${expression})`).join(" && ");
}

/** At least one holds */
export function any(...expressions: readonly string[]): string {
  return expressions.map((expression) => `(${expression})`).join(" || ");
}
