/** The same names with something else of each */
export function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  to: (one: From, name: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(Object.entries(record).map(([name, one]) => [name, to(one, name)]));
}
