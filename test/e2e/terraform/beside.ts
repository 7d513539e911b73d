/** How something ended that went on beside other checks, so that a failure is told where it is waited for */
export type Ended = { readonly error?: unknown };

export function ended(act: Promise<void>): Promise<Ended> {
  return act.then(
    () => ({}),
    (error: unknown) => ({ error }),
  );
}

export async function done(act: Promise<Ended>): Promise<void> {
  const { error } = await act;
  if (error !== undefined) throw error;
}
