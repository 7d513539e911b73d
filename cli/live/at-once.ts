/**
 * What comes of each item, in the order of the items, some of which are worked on at once. After a failure no other is begun, and what
 * was begun has ended when this throws.
 *
 * @param most items at once, at least 1
 * @throws what the first of the items that failed has thrown
 */
export async function atOnce<T, R>(
  items: readonly T[],
  most: number,
  act: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const failures = new Map<number, unknown>();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.size === 0) {
      const at = next++;
      try {
        results.set(at, await act(items[at] as T));
      } catch (error) {
        failures.set(at, error);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return items.map((_, at) => results.get(at) as R);
}
