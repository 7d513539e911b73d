import type { Budget } from "../budget";
import type { Glob } from "../glob";
import type { Letter } from "./letters";
import { isAlwaysMatched, isInsideSegment, isMatched, isWildcard, placesAfter } from "./steps";

/** Reads texts with the globs of one question, and remembers what it has worked out. */
export class Reading {
  private readonly known = new Map<Glob, Map<string, Stand>>();
  private count = 0;

  public constructor(private readonly budget: Budget) {}

  /** Where `glob` stands after `letters`, which its own prefix does not contradict as far as both go. */
  public start(glob: Glob, letters: readonly Letter[]): Stand {
    const agreed = Math.min(glob.prefix.length, letters.length);
    return letters.slice(agreed).reduce((stand, letter) => stand.after(letter), this.at(glob, [agreed]));
  }

  public at(glob: Glob, places: readonly number[]): Stand {
    // Each place was looked at, and stands in the key.
    this.budget.spend(1 + 2 * places.length);
    let stands = this.known.get(glob);
    if (stands === undefined) this.known.set(glob, (stands = new Map()));
    const key = places.join(" ");
    let stand = stands.get(key);
    if (stand === undefined) stands.set(key, (stand = new Stand(this, glob, places, this.count++)));
    return stand;
  }
}

/** Where a glob stands after a text: the same for all texts after which it goes on alike. */
export class Stand {
  /** The text is matched. */
  public readonly isMatched: boolean;
  /** The text is matched with any continuation. */
  public readonly isAlwaysMatched: boolean;
  /** Letters that are not written in the glob may follow. */
  public readonly isWildcard: boolean;
  /** Where others may follow, a colon may not. */
  public readonly isInsideSegment: boolean;
  private readonly next = new Map<Letter, Stand>();

  public constructor(
    private readonly reading: Reading,
    public readonly glob: Glob,
    public readonly places: readonly number[],
    public readonly id: number,
  ) {
    const { steps } = glob;
    this.isMatched = isMatched(steps, places);
    this.isAlwaysMatched = isAlwaysMatched(steps, places);
    this.isWildcard = places.some((place) => isWildcard(steps, place));
    this.isInsideSegment = places.some((place) => isInsideSegment(steps, place));
  }

  /** No text that goes on from here is matched. */
  public get isDead(): boolean {
    return this.places.length === 0;
  }

  public after(letter: Letter): Stand {
    let after = this.next.get(letter);
    if (after === undefined) {
      after = this.reading.at(this.glob, placesAfter(this.glob.steps, this.places, letter));
      this.next.set(letter, after);
    }
    return after;
  }
}
