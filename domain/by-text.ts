/** By code units: the same order on every machine, in every locale */
export function byText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Entries by their keys */
export function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return byText(one, other);
}
