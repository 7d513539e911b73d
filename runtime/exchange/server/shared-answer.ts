/** One answer, or failure, for all who ask within so many milliseconds of the first. */
export function sharedFor<T>(milliseconds: number, ask: () => Promise<T>): () => Promise<T> {
  let known: { readonly answer: Promise<T>; readonly until: number } | undefined;
  return () => {
    const now = performance.now();
    if (known === undefined || known.until <= now) known = { answer: ask(), until: now + milliseconds };
    return known.answer;
  };
}
