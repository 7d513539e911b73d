import fc from "fast-check";

/** Any text or value that a caller may name, of which some are these */
export function anyOf(declared: readonly string[]): fc.Arbitrary<unknown> {
  const changed = fc.tuple(fc.constantFrom(...declared), fc.string({ maxLength: 3 })).map(([name, end]) => name + end);
  return fc.oneof(fc.constantFrom(...declared), changed, fc.string({ unit: "binary" }), fc.anything());
}
