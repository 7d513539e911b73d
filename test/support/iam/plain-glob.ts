import type { GlobKind } from "../../../iam/sets/glob";

/** A pattern, its kind beside it. */
export interface PlainGlob {
  readonly pattern: string;
  readonly kind: GlobKind;
}

export interface PlainSet {
  readonly all: readonly (readonly PlainGlob[])[];
  readonly none: readonly PlainGlob[];
}

const ESCAPED: Readonly<Record<string, string>> = { "${*}": "*", "${?}": "?", "${$}": "$" };

const pieces = (text: string): readonly string[] => text.match(/\$\{[^{}]*\}|[^]/g) ?? [];
const isPart = (piece: string): boolean => piece.length > 1;

/** What matching a pattern means, letter by letter and with every way tried: slow, and plain to read. */
export function plainMatches({ pattern, kind }: PlainGlob, text: string): boolean {
  const ignoresCase = kind === "action" || kind === "caseless";
  const same = (piece: string) => (isPart(piece) || !ignoresCase ? piece : piece.toLowerCase());
  const wanted = pieces(pattern);
  const given = pieces(text).map((piece) => same(ESCAPED[piece] ?? piece));

  const takes = (at: number, letter: string): boolean => {
    const piece = wanted[at] as string;
    if (piece === "*" || piece === "?") {
      if (kind === "arn" && keepsToItsSegment(wanted, at)) return letter !== ":" && !isPart(letter);
      return piece === "*" || !isPart(letter);
    }
    return same(ESCAPED[piece] ?? piece) === letter;
  };
  const matches = (at: number, read: number): boolean => {
    if (at === wanted.length) return read === given.length;
    const isTaken = read < given.length && takes(at, given[read] as string);
    if (wanted[at] === "*") return matches(at + 1, read) || (isTaken && matches(at, read + 1));
    return isTaken && matches(at + 1, read + 1);
  };
  return matches(0, 0);
}

/** In one of the first five segments of an ARN, and no `*` that ends it. */
function keepsToItsSegment(wanted: readonly string[], at: number): boolean {
  const before = wanted.slice(0, at);
  const startsWithPart = isPart(before[0] ?? "") && !Object.hasOwn(ESCAPED, before[0] as string);
  if (startsWithPart || before.filter((piece) => piece === ":").length >= 5) return false;
  const next = wanted[at + 1];
  return wanted[at] === "?" || (next !== ":" && next !== undefined);
}

export function plainIsIn(set: PlainSet, text: string): boolean {
  return (
    set.all.every((list) => list.some((glob) => plainMatches(glob, text))) &&
    !set.none.some((glob) => plainMatches(glob, text))
  );
}

/** Every text of at most `length` of `letters`, shorter ones first. */
export function allTexts(letters: readonly string[], length: number): readonly string[] {
  if (length === 0) return [""];
  const shorter = allTexts(letters, length - 1);
  const longest = shorter.filter((text) => pieces(text).length === length - 1);
  return [...shorter, ...longest.flatMap((text) => letters.map((letter) => text + letter))];
}
