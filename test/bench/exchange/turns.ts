/** Does something of each side in every round; they take turns in going first, so that a busy moment favours none. */
export async function inTurns<Value>(
  sides: Readonly<Record<string, () => Promise<Value>>>,
  rounds: number,
): Promise<Readonly<Record<string, readonly Value[]>>> {
  const names = Object.keys(sides);
  const values = Object.fromEntries(names.map((name) => [name, [] as Value[]]));
  for (let round = 0; round < rounds; round++) {
    const first = round % names.length;
    for (const name of [...names.slice(first), ...names.slice(0, first)]) {
      values[name]?.push(await (sides[name] as () => Promise<Value>)());
    }
  }
  return values;
}
