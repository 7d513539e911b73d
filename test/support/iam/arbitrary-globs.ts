import fc from "fast-check";
import type { GlobKind } from "../../../iam/sets/glob";
import { Glob } from "../../../iam/sets/glob";
import type { TextSet } from "../../../iam/sets/text-set";
import type { PlainGlob, PlainSet } from "./plain-glob";

/** Patterns made of `pieces`, from few enough that they often meet. */
export const globOf = (pieces: readonly string[], kinds: readonly GlobKind[], maxLength = 5): fc.Arbitrary<PlainGlob> =>
  fc.record({
    pattern: fc.array(fc.constantFrom(...pieces), { maxLength }).map((chosen) => chosen.join("")),
    kind: fc.constantFrom(...kinds),
  });

export const setOf = (all: fc.Arbitrary<PlainGlob>, none: fc.Arbitrary<PlainGlob> = all): fc.Arbitrary<PlainSet> =>
  fc.record({
    all: fc.array(fc.array(all, { maxLength: 3 }), { maxLength: 3 }),
    none: fc.array(none, { maxLength: 4 }),
  });

export const read = ({ pattern, kind }: PlainGlob): Glob => Glob.of(pattern, kind);

export const readSet = ({ all, none }: PlainSet): TextSet => ({
  all: all.map((list) => list.map(read)),
  none: none.map(read),
});
