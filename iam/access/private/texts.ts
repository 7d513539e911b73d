import type { Budget } from "../../sets/budget";
import type { Glob } from "../../sets/glob";
import { exampleOf, type TextSet } from "../../sets/text-set";

/** What an action, a resource or a principal may be: a set of texts that is not empty. */
export class Texts {
  public static readonly anything = new Texts({ all: [], none: [] }, "*");

  /** @throws if `globs` are none: nothing matches */
  public static of(globs: readonly Glob[], budget: Budget): Texts {
    const [only] = Texts.anything.where(globs, true, budget);
    if (only === undefined) throw new Error("one of no texts is none");
    return only;
  }

  private constructor(
    private readonly set: TextSet,
    public readonly example: string,
  ) {}

  public where(globs: readonly Glob[], matches: boolean, budget: Budget): readonly Texts[] {
    const { all, none } = this.set;
    const set = matches ? { all: [...all, globs], none } : { all, none: [...none, ...globs] };
    const isExample = this !== Texts.anything && globs.some((glob) => glob.matches(this.example)) === matches;
    const example = isExample ? this.example : exampleOf(set, budget);
    return example === undefined ? [] : [new Texts(set, example)];
  }
}
