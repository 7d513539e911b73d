/** The name of cdktf's own function, behind which it looks for who made a reference */
const CDKTF = "captureStackTrace";

/**
 * Make resources without noting where each of their references was made.
 *
 * cdktf notes the whole stack for each reference, and shows it only where one cannot be resolved. A resource has many, and those
 * of Ambit no user wrote: with source maps they took half the time of a synth. Whatever else is captured or thrown meanwhile
 * keeps its stack.
 */
export function withoutCreationStacks<T>(make: () => T): T {
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = function captureOthers(target, below) {
    if (below?.name !== CDKTF) capture(target, below ?? captureOthers);
  };
  try {
    return make();
  } finally {
    Error.captureStackTrace = capture;
  }
}
