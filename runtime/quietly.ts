/** The same, but it never throws: a log that is full must not turn an answer into something else. */
export function quietly(tell: (error: unknown) => void): (error: unknown) => void {
  return (error) => {
    try {
      tell(error);
    } catch {
      // The answer says already that it failed.
    }
  };
}
