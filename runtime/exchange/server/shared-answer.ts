/**
 * One answer, or failure, for all who ask within so many milliseconds of the first.
 *
 * @param elapsed milliseconds from any beginning, that never go back
 */
export function sharedFor<T>(
  milliseconds: number,
  ask: () => Promise<T>,
  elapsed: () => number = () => performance.now(),
): () => Promise<T> {
  let known: { readonly answer: Promise<T>; readonly until: number } | undefined;
  return () => {
    const now = elapsed();
    if (known === undefined || known.until <= now) known = { answer: ask(), until: now + milliseconds };
    return known.answer;
  };
}
