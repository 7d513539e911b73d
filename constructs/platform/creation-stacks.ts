/** Behind which cdktf, `constructs` and the fork of cdktf look for who made something: names of their own functions */
const THEIRS: ReadonlySet<string | undefined> = new Set(["captureStackTrace", "captureCreationStack"]);

/**
 * Make resources without noting where each of their references was made.
 *
 * cdktf notes the whole stack for each reference, and shows it only where one cannot be resolved. A resource has many, and with
 * source maps the stacks took half the time of a synth. So this is for resources that Ambit makes by itself: what a user
 * makes, in a subclass of an agent too, keeps them. Errors keep their stacks, and so does other code that captures one meanwhile.
 */
export function withoutCreationStacks<T>(make: () => T): T {
  const capture = Error.captureStackTrace;
  Error.captureStackTrace = function captureOthers(target, below) {
    if (!THEIRS.has(below?.name)) capture(target, below ?? captureOthers);
  };
  try {
    return make();
  } finally {
    Error.captureStackTrace = capture;
  }
}
