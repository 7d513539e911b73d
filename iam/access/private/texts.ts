import type { Budget } from "../../sets/budget";
import type { Glob } from "../../sets/glob";
import { exampleOf, type TextSet } from "../../sets/text-set";

const EVERYTHING = "*";

/** What an action, a resource or a principal may be: a set of texts that is not empty. */
export class Texts {
  public static readonly anything = new Texts({ all: [], none: [] }, EVERYTHING);

  /** @throws if `globs` is empty: nothing matches */
  public static of(globs: readonly Glob[], budget: Budget): Texts {
    const [only] = Texts.anything.where(globs, true, budget);
    if (only === undefined) throw new Error("one of no texts is none");
    return only;
  }

  private constructor(
    private readonly set: TextSet,
    /** One of them; `*` if nothing is excluded */
    public readonly example: string,
  ) {}

  public where(globs: readonly Glob[], matches: boolean, budget: Budget): readonly Texts[] {
    const { all, none } = this.set;
    const set = matches ? { all: [...all, globs], none } : { all, none: [...none, ...globs] };
    const isLeft = matches || this.example !== EVERYTHING;
    const isExample = isLeft && globs.some((glob) => glob.matches(this.example)) === matches;
    const example = isExample ? this.example : exampleOf(set, budget);
    return example === undefined ? [] : [new Texts(set, example)];
  }

  /** The first of `texts` that is one of these, or else the example. */
  public preferring(texts: readonly string[]): string {
    const { all, none } = this.set;
    const isIn = (text: string): boolean =>
      all.every((globs) => globs.some((glob) => glob.matches(text))) && !none.some((glob) => glob.matches(text));
    return texts.find(isIn) ?? this.example;
  }
}
