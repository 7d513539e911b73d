/** A Unicode code unit or, above all of those, the number of an opaque part such as `${aws_s3_bucket.kb.arn}`. */
export type Letter = number;

/** What a pattern may hold besides letters: `*`, `?`, and in its widest reading a part that may be any text. */
export const MANY = -1;
export const ONE = -2;
export const ANY_TEXT = -3;

export const COLON = 0x3a;
const STAR = 0x2a;
const QUESTION_MARK = 0x3f;
const DOLLAR = 0x24;
const OPENING_BRACE = 0x7b;

/** Source: IAM user guide, reference_policies_variables, "Specifying characters". */
const ESCAPES: ReadonlyMap<string, Letter> = new Map([
  ["${*}", STAR],
  ["${?}", QUESTION_MARK],
  ["${$}", DOLLAR],
]);

/** The letter of every part that no pattern holds. */
export const UNKNOWN_PART = 0x10000;

/** Never emptied: grows with the policies that are read, not with the requests that are decided. */
const PARTS = new Map<string, Letter>();
const SPELLINGS: string[] = [];

export function isPart(letter: number): boolean {
  return letter >= UNKNOWN_PART;
}

/** The letters of `pattern`, {@link MANY} and {@link ONE} where its wildcards stand. */
export function readPattern(pattern: string): readonly number[] {
  return read(pattern, true);
}

/** The letters of `text`, in which `*` and `?` mean themselves. */
export function readText(text: string): readonly Letter[] {
  return read(text, false);
}

function read(text: string, isPattern: boolean): readonly number[] {
  const ends = text.includes("${") ? closingBraces(text) : undefined;
  const letters: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const end = code === DOLLAR ? ends?.get(at + 1) : undefined;
    if (end !== undefined) {
      const part = text.slice(at, end + 1);
      letters.push(ESCAPES.get(part) ?? (isPattern ? numbered(part) : (PARTS.get(part) ?? UNKNOWN_PART)));
      at = end;
    } else if (isPattern && code === STAR) letters.push(MANY);
    else if (isPattern && code === QUESTION_MARK) letters.push(ONE);
    else letters.push(code);
  }
  return letters;
}

/** Where each brace that opens is closed; one that never is, is a letter like others. */
export function closingBraces(text: string): ReadonlyMap<number, number> {
  const open: number[] = [];
  const ends = new Map<number, number>();
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") open.push(at);
    if (text[at] !== "}") continue;
    const start = open.pop();
    if (start !== undefined) ends.set(start, at);
  }
  return ends;
}

function numbered(part: string): Letter {
  const known = PARTS.get(part);
  if (known !== undefined) return known;
  const letter = UNKNOWN_PART + SPELLINGS.push(part);
  PARTS.set(part, letter);
  return letter;
}

/** The text that {@link readText} reads as `letters`. */
export function print(letters: readonly Letter[]): string {
  return letters
    .map((letter, at) => {
      if (isPart(letter)) return SPELLINGS[letter - UNKNOWN_PART - 1];
      return letter === DOLLAR && letters[at + 1] === OPENING_BRACE ? "${$}" : String.fromCharCode(letter);
    })
    .join("");
}

/** The letter that stands for both cases. */
export function fold(letter: Letter): Letter {
  if (letter < 0x80) return letter >= 0x41 && letter <= 0x5a ? letter + 0x20 : letter;
  if (isPart(letter)) return letter;
  const written = String.fromCharCode(letter);
  const lower = written.toLowerCase();
  // One letter for one: what has no single counterpart, such as the German sharp s, has no other case.
  return lower.length === 1 && lower.toUpperCase() === written ? lower.charCodeAt(0) : letter;
}

/** Every letter that folds to `folded`. */
export function casesOf(folded: Letter): readonly Letter[] {
  if (isPart(folded)) return [folded];
  const upper = String.fromCharCode(folded).toUpperCase().charCodeAt(0);
  return upper !== folded && fold(upper) === folded ? [folded, upper] : [folded];
}
