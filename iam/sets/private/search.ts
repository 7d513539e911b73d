import type { Budget } from "../budget";
import type { Glob } from "../glob";
import { casesOf, COLON, fold, isPart, type Letter, print } from "./letters";
import { isAlwaysMatched, isInsideSegment, isMatched, isWildcard, placesAfter } from "./steps";

/** Texts that `glob` matches, in each list at least one other, and none of `none`. */
export interface Question {
  readonly glob: Glob;
  readonly others: readonly (readonly Glob[])[];
  readonly none: readonly Glob[];
}

/** Where the readers stand after a text, one after the other. */
type Places = readonly (readonly number[])[];

interface State {
  readonly places: Places;
  readonly letter?: Letter;
  readonly before?: State;
}

/** Letters that read well where any will do. */
const FILLERS = "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW";

/**
 * The shortest text that answers the question: breadth first, over where all readers stand together.
 *
 * From one such state only those letters lead on that a reader waits for, and one that stands for all the others.
 */
export class Search {
  private readonly globs: readonly Glob[];
  /** For each list of which one glob must match: where it ends in `globs`; what is left must not match */
  private readonly listEnds: readonly number[];
  private readonly ignoresCase: boolean;
  private readonly isMixed: boolean;

  public constructor(
    private readonly question: Question,
    private readonly budget: Budget,
  ) {
    const lists = [[question.glob], ...question.others];
    this.globs = [...lists.flat(), ...question.none];
    this.listEnds = lists.map((_, index) => lists.slice(0, index + 1).flat().length);
    this.ignoresCase = this.globs.every((glob) => glob.ignoresCase);
    this.isMixed = !this.ignoresCase && this.globs.some((glob) => glob.ignoresCase);
  }

  public shortest(): string | undefined {
    const start = this.isMixed ? [] : this.question.glob.steps.written.slice(0, this.question.glob.prefix.length);
    const places = this.globs.map((glob) => this.placesAfterAll(glob, start));
    if (!this.leadsOn(places)) return undefined;
    const seen = new Set([keyOf(places)]);
    const states: State[] = [{ places }];
    for (const state of states) {
      if (this.isAnswer(state.places)) return print([...start, ...this.polished(state)]);
      for (const letter of this.lettersAt(state.places)) {
        const after = this.after(state.places, letter);
        const key = keyOf(after);
        if (seen.has(key) || !this.leadsOn(after)) continue;
        seen.add(key);
        states.push({ places: after, letter, before: state });
      }
    }
    return undefined;
  }

  /** Where `glob` stands after letters that its own prefix does not contradict */
  private placesAfterAll(glob: Glob, letters: readonly Letter[]): readonly number[] {
    const known = Math.min(glob.prefix.length, letters.length);
    let places: readonly number[] = [known];
    for (const letter of letters.slice(known)) {
      this.budget.spend(places.length);
      places = placesAfter(glob.steps, places, letter);
    }
    return places;
  }

  private after(places: Places, letter: Letter): Places {
    return this.globs.map((glob, index) => {
      const before = places[index] as readonly number[];
      if (before.length === 0) return before;
      this.budget.spend(before.length);
      return placesAfter(glob.steps, before, letter);
    });
  }

  /** Whether some text that goes on from here may be an answer. */
  private leadsOn(places: Places): boolean {
    return (
      this.eachList((index) => (places[index] as readonly number[]).length > 0) &&
      !this.someOfNone((index) => isAlwaysMatched(this.steps(index), places[index] as readonly number[]))
    );
  }

  private isAnswer(places: Places): boolean {
    const matches = (index: number) => isMatched(this.steps(index), places[index] as readonly number[]);
    return this.eachList(matches) && !this.someOfNone(matches);
  }

  private eachList(holds: (index: number) => boolean): boolean {
    let index = 0;
    for (const end of this.listEnds) {
      while (index < end && !holds(index)) index++;
      if (index === end) return false;
      index = end;
    }
    return true;
  }

  private someOfNone(holds: (index: number) => boolean): boolean {
    for (let index = this.listEnds[this.listEnds.length - 1] as number; index < this.globs.length; index++) {
      if (holds(index)) return true;
    }
    return false;
  }

  private steps(index: number) {
    return (this.globs[index] as Glob).steps;
  }

  private lettersAt(places: Places): readonly Letter[] {
    const letters = new Map<Letter, Letter>();
    this.addWritten(letters, places, 0, 1);
    const first = places[0] as readonly number[];
    if (!first.some((place) => isWildcard(this.steps(0), place))) return [...letters.values()];

    const lists = this.listEnds[this.listEnds.length - 1] as number;
    this.addWritten(letters, places, 1, lists);
    const wanted = letters.size;
    this.addWritten(letters, places, lists, this.globs.length);
    const insideSegment = places.some((each, index) => each.some((place) => isInsideSegment(this.steps(index), place)));
    if (insideSegment) letters.set(COLON, COLON);
    const all = [...letters.values()];
    return [...all.slice(0, wanted), this.filler(letters), ...all.slice(wanted)];
  }

  /** Adds the letters for which the globs from `start` to `end` wait; as they are compared, then as they are written. */
  private addWritten(letters: Map<Letter, Letter>, places: Places, start: number, end: number): void {
    const isList = end <= (this.listEnds[this.listEnds.length - 1] as number);
    for (let index = start; index < end; index++) {
      const { written, takes, ignoresCase } = this.steps(index);
      for (const place of places[index] as readonly number[]) {
        const letter = takes[place];
        // A text of parts that no list asks for would be no text that anybody could send.
        if (letter === undefined || letter < 0 || (isPart(letter) && !isList)) continue;
        if (this.isMixed && ignoresCase) for (const each of casesOf(letter)) letters.set(each, each);
        else if (!letters.has(letter)) letters.set(letter, written[place] as Letter);
      }
    }
  }

  /** A letter for which no glob waits */
  private filler(letters: ReadonlyMap<Letter, Letter>): Letter {
    const isFree = (letter: Letter) => !letters.has(this.ignoresCase ? fold(letter) : letter);
    for (let at = 0; at < FILLERS.length; at++) if (isFree(FILLERS.charCodeAt(at))) return FILLERS.charCodeAt(at);
    let letter = "!".charCodeAt(0);
    while (!isFree(letter)) letter++;
    return letter;
  }

  /** The letters of an answer, and one more where that is an answer too: `s3:x` reads better than `s3:` */
  private polished(answer: State): readonly Letter[] {
    const letters: Letter[] = [];
    for (let state = answer; state.before !== undefined; state = state.before) letters.push(state.letter as Letter);
    letters.reverse();
    const filler = FILLERS.charCodeAt(0);
    return this.isAnswer(this.after(answer.places, filler)) ? [...letters, filler] : letters;
  }
}

function keyOf(places: Places): string {
  return places.map((each) => each.join(" ")).join("|");
}
