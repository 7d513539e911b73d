import { isWithin } from "../../sets/text-set";
import type { AccessRequest } from "../access";
import type { Part } from "./part-type";
import type { Question } from "./question";
import type { Values } from "./reading";

/** An assumption about an unknown part. */
interface Assumption {
  readonly part: Part;
  /** For `${…}`: matches if the letters do not. For an unknown test: it holds. */
  readonly matches: boolean;
}

/** What one dimension of a request may be, with what is assumed of it. Immutable. */
export class Space {
  private known?: Map<string, readonly Space[]>;
  private knownNot?: Map<string, readonly Space[]>;

  private constructor(
    private readonly question: Question,
    /** Assumes only that each `${…}` is a name of its own. */
    private readonly isCertain: boolean,
    public readonly values: Values,
    /** The condition key as it is written, if it is one */
    public readonly key: string | undefined,
    private readonly assumptions: readonly Assumption[],
    /** Of a condition key: what was asked of its values */
    private readonly asked: readonly Assumption[],
  ) {}

  public static of(question: Question, part: Part, isCertain: boolean): Space {
    return new Space(question, isCertain, question.everythingFor(part), part.test?.key, [], []);
  }

  /** What it takes for `witness` to be in this space, beyond what the policies say, in words */
  public unknownOf(witness: AccessRequest): readonly string[] {
    const assumed = this.assumptions.filter(({ part, matches }) => matches || part.reading === undefined);
    // A value that is compared as a text and as a number may be hard to find: an example need not be one.
    const failed = this.asked.filter(({ part, matches }) => part.reading?.matches(witness) !== matches);
    return [...assumed, ...failed].map(
      ({ part: { name }, matches }) => `${name} ${matches ? "matches" : "does not match"}`,
    );
  }

  /** Whether `part` can hold, or can fail, here. */
  public may(part: Part, holds: boolean): boolean {
    return part.reading === undefined ? true : this.where(part, holds).length > 0;
  }

  /** The remainder if `part` holds, or fails: a union, empty if there is none. */
  public where(part: Part, holds: boolean): readonly Space[] {
    const cache = holds ? (this.known ??= new Map()) : (this.knownNot ??= new Map());
    const cached = cache.get(part.text);
    if (cached !== undefined) return cached;
    const spaces = this.narrowed(part, holds !== part.isNegated);
    cache.set(part.text, spaces);
    return spaces;
  }

  private narrowed(part: Part, matches: boolean): readonly Space[] {
    const { reading, widest } = part;
    const { budget } = this.question;
    if (reading === undefined) return this.isCertain ? [] : this.assuming(part, matches, [this.values]);
    const exact = reading.where(this.values, matches, budget);
    const asked = part.test === undefined ? this.asked : [...this.asked, { part, matches }];
    if (widest !== undefined && !matches) return this.assuming(part, false, exact, asked);
    const spaces = exact.map((values) => this.with(values, this.assumptions, asked));
    if (widest === undefined || this.isCertain) return spaces;
    const wider = reading.where(this.values, false, budget).flatMap((values) => widest.where(values, true, budget));
    return [...spaces, ...this.assuming(part, true, wider)];
  }

  private assuming(part: Part, matches: boolean, left: readonly Values[], asked = this.asked): readonly Space[] {
    const assumptions = [...this.assumptions, { part, matches }];
    if (left.length === 0 || this.contradicts(assumptions)) return [];
    return left.map((values) => this.with(values, assumptions, asked));
  }

  private contradicts(assumptions: readonly Assumption[]): boolean {
    return assumptions.some(({ part, matches }) => {
      if (!matches) return false;
      const not = assumptions.filter((other) => !other.matches && other.part.family === part.family);
      if (not.some((other) => other.part.name === part.name)) return true;
      // For every value of the references, texts inside a pattern stay inside it.
      const globs = not.flatMap((other) => other.part.globs);
      return globs.length > 0 && part.globs.length > 0 && isWithin(part.globs, globs, this.question.budget);
    });
  }

  private with(values: Values, assumptions: readonly Assumption[], asked: readonly Assumption[]): Space {
    return new Space(this.question, this.isCertain, values, this.key, assumptions, asked);
  }
}
