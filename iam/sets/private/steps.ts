import type { Budget } from "../budget";
import { ANY_TEXT, COLON, fold, isPart, MANY, ONE, UNKNOWN_PART } from "./letters";

/** Any letter but a colon. */
const ONE_IN_SEGMENT = -4;

/** What stands for the wildcards of a pattern that is read as a text: only wildcards that are as wide take it. */
const ANY_LETTER = -5;
const ANY_LETTER_IN_SEGMENT = -6;

/** Places that are looked at in the time of one step of a budget. */
const PLACES_PER_STEP = 32;

/** What a `*` may match. */
const NOTHING = 0;
const IN_SEGMENT = 1;
const ANYTHING = 2;

/**
 * A pattern as steps: the letter to take at each place, and before it what may be skipped there.
 *
 * A reader of a text stands at several places at once; one that stands at the end has read a match.
 */
export interface Steps {
  /** Letters as written, `ONE` or `ONE_IN_SEGMENT`. */
  readonly written: readonly number[];
  /** The same as they are compared. */
  readonly takes: readonly number[];
  /** One more than there are letters. */
  readonly skips: readonly number[];
  /** For each place, the first of the places before it that reach no text which this place does not reach. */
  readonly covers: readonly number[];
  readonly ignoresCase: boolean;
}

/** @param keepsSegments whether the first five colons end segments, to which wildcards keep */
export function stepsOf(pattern: readonly number[], ignoresCase: boolean, keepsSegments: boolean): Steps {
  const written: number[] = [];
  const skips: number[] = [];
  let skip = NOTHING;
  let colons = 0;
  let free = !keepsSegments;
  pattern.forEach((element, at) => {
    if (element === MANY) {
      const next = pattern[at + 1];
      skip = Math.max(skip, free || next === undefined || next === COLON ? ANYTHING : IN_SEGMENT);
    } else if (element === ANY_TEXT) {
      skip = ANYTHING;
      // It may hold colons.
      free = true;
    } else {
      written.push(element === ONE && !free ? ONE_IN_SEGMENT : element);
      skips.push(skip);
      skip = NOTHING;
      if (element === COLON) colons++;
      // A part in front is a whole ARN, such as `${aws_s3_bucket.kb.arn}`: what follows is its resource.
      free ||= colons === 5 || (at === 0 && isPart(element));
    }
  });
  skips.push(skip);
  const takes = ignoresCase ? written.map(fold) : written;
  return { written, takes, skips, covers: coversOf(takes, skips), ignoresCase };
}

/** From a place that skips anything, everything is reached that is from the places before it. */
function coversOf(takes: readonly number[], skips: readonly number[]): readonly number[] {
  let segment = 0;
  return skips.map((skip, place) => {
    const first = skip === ANYTHING ? 0 : skip === IN_SEGMENT ? segment : place;
    const letter = takes[place] as number;
    const leaves = letter === COLON || letter === ONE || isPart(letter);
    if (skip === ANYTHING || leaves) segment = place + 1;
    return first;
  });
}

/** The places at which a reader may be after `letter`, in order; empty: no matched text continues so. */
export function placesAfter(steps: Steps, places: readonly number[], letter: number): readonly number[] {
  const { takes, skips } = steps;
  const read = steps.ignoresCase ? fold(letter) : letter;
  const after: number[] = [];
  for (const place of places) {
    const skip = skips[place];
    if (skip === ANYTHING || (skip === IN_SEGMENT && isInSegment(read))) add(steps, after, place);
    if (place < takes.length && isTaken(takes[place] as number, read)) add(steps, after, place + 1);
  }
  return after;
}

function add({ covers }: Steps, places: number[], place: number): void {
  while (places.length > 0 && (places[places.length - 1] as number) >= (covers[place] as number)) places.pop();
  places.push(place);
}

function isTaken(taken: number, letter: number): boolean {
  if (taken >= 0) return taken === letter;
  return taken === ONE ? !isPart(letter) : isInSegment(letter);
}

/** A part may hold colons. */
function isInSegment(letter: number): boolean {
  return letter !== COLON && letter !== ANY_LETTER && !isPart(letter);
}

/** The pattern as a text, in which its wildcards are letters that only wildcards as wide as they take. */
function asText({ skips, takes }: Steps): readonly number[] {
  const letters: number[] = [];
  skips.forEach((skip, place) => {
    if (skip !== NOTHING) letters.push(UNKNOWN_PART);
    if (place === takes.length) return;
    const letter = takes[place] as number;
    letters.push(letter >= 0 ? letter : letter === ONE ? ANY_LETTER : ANY_LETTER_IN_SEGMENT);
  });
  return letters;
}

/** Whether everything that `steps` match is matched by `wide`, wildcard for wildcard; false if that is not plain. */
export function plainlyCovers(wide: Steps, steps: Steps, budget: Budget): boolean {
  return isMatched(wide, placesAfterAll(wide, asText(steps), 0, budget));
}

/** The reader's place after `letters`, whose first `from` letters are known to be the steps before `from`. */
export function placesAfterAll(
  steps: Steps,
  letters: readonly number[],
  from: number,
  budget?: Budget,
): readonly number[] {
  let places: readonly number[] = [from];
  for (let at = from; at < letters.length && places.length > 0; at++) {
    // One place takes some nanoseconds.
    budget?.spend(places.length / PLACES_PER_STEP);
    places = placesAfter(steps, places, letters[at] as number);
  }
  return places;
}

/** Whether what was read so far is matched. */
export function isMatched({ takes }: Steps, places: readonly number[]): boolean {
  return places[places.length - 1] === takes.length;
}

/** Whether everything is matched that begins with what was read so far. */
export function isAlwaysMatched(steps: Steps, places: readonly number[]): boolean {
  return isMatched(steps, places) && steps.skips[steps.takes.length] === ANYTHING;
}

/** Whether the reader may go on from `place` with letters that are not written there. */
export function isWildcard({ takes, skips }: Steps, place: number): boolean {
  return skips[place] !== NOTHING || (place < takes.length && (takes[place] as number) < 0);
}

/** Whether a colon makes a difference at `place`, though it may not be written there. */
export function isInsideSegment({ takes, skips }: Steps, place: number): boolean {
  return skips[place] === IN_SEGMENT || takes[place] === ONE_IN_SEGMENT;
}
