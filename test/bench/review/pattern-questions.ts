import { Glob, type GlobKind } from "../../../iam/sets/glob";

export interface PatternQuestion {
  readonly some: readonly Glob[];
  readonly others: readonly Glob[];
}

const QUESTIONS = 2_000;
const MOST_PATTERNS = 6;
const MOST_PIECES = 16;
const KINDS: readonly GlobKind[] = ["text", "action", "arn"];
/** So few letters that patterns often meet, and wildcards enough that deciding takes long */
const PIECES = ["a", "b", "ab", ":", "*", "*", "?"];

/** Random lists of patterns, the same at each run */
export function patternQuestions(): readonly PatternQuestion[] {
  const next = generator();
  const below = (most: number): number => Math.floor(next() * most);
  const glob = (kind: GlobKind): Glob => {
    const pieces = Array.from({ length: 1 + below(MOST_PIECES) }, () => PIECES[below(PIECES.length)]);
    return Glob.of(pieces.join(""), kind);
  };
  const list = (kind: GlobKind): readonly Glob[] => Array.from({ length: 1 + below(MOST_PATTERNS) }, () => glob(kind));
  return Array.from({ length: QUESTIONS }, (_, at) => {
    const kind = KINDS[at % KINDS.length] as GlobKind;
    return { some: list(kind), others: list(kind) };
  });
}

/** Numbers from 0 up to 1. Source: Numerical Recipes, ranqd1 */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
