/**
 * What comes of each, some at a time and in their order: what is begun is brought to an end before more is begun.
 * The first results come early.
 */
export function inLanes<T, R>(
  lanes: number,
  items: readonly T[],
  act: (item: T) => Promise<R>,
): ReadonlyMap<T, Promise<R>> {
  const answers = new Map<T, (result: R | Promise<R>) => void>();
  const results = new Map(items.map((item) => [item, new Promise<R>((answer) => answers.set(item, answer))]));
  const left = [...items];
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const result = act(item);
      answers.get(item)?.(result);
      await result.catch(() => undefined);
    }
  };
  for (let lane = 0; lane < lanes; lane++) void next();
  return results;
}
