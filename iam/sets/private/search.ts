import type { Budget } from "../budget";
import type { Glob } from "../glob";
import { fillerThat } from "./filler";
import { casesOf, COLON, fold, isPart, type Letter, print } from "./letters";
import { Reading, type Stand } from "./reading";

/** Texts that `glob` matches, in each list at least one other, and none of `none`. */
export interface Question {
  readonly glob: Glob;
  readonly others: readonly (readonly Glob[])[];
  readonly none: readonly Glob[];
}

/** Where all globs stand after a text; those that no longer count are left out. */
interface State {
  readonly lists: readonly (readonly Stand[])[];
  readonly none: readonly Stand[];
  /** The last letter, and the state before it */
  readonly letter?: Letter;
  readonly before?: State;
}

/**
 * The shortest text that answers a question: breadth first, over where all globs stand together.
 *
 * Only those letters lead on for which a glob waits, and one that stands for all the others.
 */
export class Search {
  private readonly reading: Reading;
  private readonly ignoresCase: boolean;
  /** Only some globs ignore case. */
  private readonly isMixed: boolean;

  public constructor(
    private readonly question: Question,
    private readonly budget: Budget,
  ) {
    this.reading = new Reading(budget);
    const globs = [question.glob, ...question.others.flat(), ...question.none];
    this.ignoresCase = globs.every((glob) => glob.ignoresCase);
    this.isMixed = !this.ignoresCase && globs.some((glob) => glob.ignoresCase);
  }

  public shortest(): string | undefined {
    const { glob, others, none } = this.question;
    const prefix = this.isMixed ? [] : glob.steps.written.slice(0, glob.prefix.length);
    const start = (each: Glob) => this.reading.start(each, prefix);
    const first = leading(
      [[glob], ...others].map((list) => list.map(start)),
      none.map(start),
    );
    if (first === undefined) return undefined;

    const seen = new Set([keyOf(first)]);
    const states = [first];
    for (const state of states) {
      if (isAnswer(state)) return print([...prefix, ...lettersTo(state), ...this.ending(state)]);
      for (const letter of this.lettersAt(state)) {
        const after = this.after(state, letter);
        if (after === undefined) continue;
        const key = keyOf(after);
        if (seen.has(key)) continue;
        seen.add(key);
        states.push(after);
      }
    }
    return undefined;
  }

  private after(state: State, letter: Letter): State | undefined {
    this.budget.spend(state.lists.reduce((sum, list) => sum + 1 + list.length, 1 + state.none.length));
    const after = (stand: Stand) => stand.after(letter);
    const next = leading(
      state.lists.map((list) => list.map(after)),
      state.none.map(after),
    );
    return next && { ...next, letter, before: state };
  }

  private lettersAt({ lists, none }: State): readonly Letter[] {
    // Only the awaited letters lead on.
    const strict = lists.find((list) => !list.some((stand) => stand.isWildcard));
    if (strict !== undefined) return [...this.awaited(strict).values()];
    const stands = lists.flat();
    const wanted = this.awaited(stands);
    // Opaque parts that no list asks for would make a text that no request can contain.
    const others = new Map([...this.awaited(none)].filter(([letter]) => !isPart(letter) && !wanted.has(letter)));
    if ([...stands, ...none].some((stand) => stand.isInsideSegment)) others.set(COLON, COLON);
    const isFree = (letter: Letter) => !wanted.has(letter) && !others.has(letter);
    return [...wanted.values(), this.filler(isFree), ...others.values()];
  }

  /** The letters for which `stands` wait: as they are compared, and as they are written. */
  private awaited(stands: readonly Stand[]): Map<Letter, Letter> {
    const letters = new Map<Letter, Letter>();
    for (const { glob, places } of stands) {
      const { takes, written, ignoresCase } = glob.steps;
      for (const place of places) {
        const letter = takes[place];
        if (letter === undefined || letter < 0) continue;
        if (this.isMixed && ignoresCase) for (const each of casesOf(letter)) letters.set(each, each);
        else if (!letters.has(letter)) letters.set(letter, written[place] as Letter);
      }
    }
    return letters;
  }

  private filler(isFree: (compared: Letter) => boolean): Letter {
    return fillerThat((letter) => isFree(this.ignoresCase ? fold(letter) : letter));
  }

  /** One letter more where that is an answer too: `s3:x` reads better than `s3:`. */
  private ending(answer: State): readonly Letter[] {
    const last = answer.letter ?? this.question.glob.prefix.at(-1) ?? COLON;
    if (/[A-Za-z0-9}]/.test(print([last]))) return [];
    const awaited = this.awaited([...answer.lists.flat(), ...answer.none]);
    const filler = this.filler((letter) => !awaited.has(letter));
    const longer = this.after(answer, filler);
    return longer !== undefined && isAnswer(longer) ? [filler] : [];
  }
}

/** The state, without what no longer counts; undefined: no text that goes on from there is an answer. */
function leading(lists: readonly (readonly Stand[])[], none: readonly Stand[]): State | undefined {
  if (none.some((stand) => stand.isAlwaysMatched)) return undefined;
  const open = lists.filter((list) => !list.some((stand) => stand.isAlwaysMatched)).map(alive);
  return open.some((list) => list.length === 0) ? undefined : { lists: open, none: alive(none) };
}

function alive(stands: readonly Stand[]): readonly Stand[] {
  return stands.filter((stand) => !stand.isDead);
}

function isAnswer({ lists, none }: State): boolean {
  return lists.every((list) => list.some(isMatched)) && !none.some(isMatched);
}

function isMatched(stand: Stand): boolean {
  return stand.isMatched;
}

function keyOf({ lists, none }: State): string {
  const ids = (stands: readonly Stand[]) => stands.map((stand) => stand.id).join(" ");
  return `${lists.map(ids).join("|")}|${ids(none)}`;
}

function lettersTo(state: State): readonly Letter[] {
  const letters: Letter[] = [];
  for (let at = state; at.before !== undefined; at = at.before) letters.push(at.letter as Letter);
  return letters.reverse();
}
