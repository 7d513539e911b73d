import type { Budget } from "./budget";
import { literalPattern } from "./literal-pattern";
import { FILLER } from "./private/filler";
import { ANY_TEXT, fold, isPart, type Letter, MANY, print, readPattern, readText } from "./private/letters";
import { isMatched, placesAfterAll, type Steps, stepsOf } from "./private/steps";

/**
 * How a pattern is compared.
 *
 * - `action`, `caseless`: upper and lower case are the same
 * - `text`: exactly
 * - `arn`: exactly; the first five colons end segments. A `*` that ends one of these may match past colons, every other
 *   wildcard in them matches no colon; in the resource part, wildcards match anything
 *
 * Source: IAM user guide, reference_policies_elements_resource, "Using wildcards in resource ARNs".
 */
export type GlobKind = "action" | "arn" | "text" | "caseless";

/** Patterns of one kind that are kept; what is forgotten is read again. */
const MOST_KEPT = 100_000;

const KEPT: Readonly<Record<GlobKind, Map<string, Glob>>> = {
  action: new Map(),
  arn: new Map(),
  text: new Map(),
  caseless: new Map(),
};

/**
 * A pattern: `*` is any number of letters, `?` is one; `${*}`, `${?}` and `${$}` are the letters `*`, `?` and `$`.
 *
 * Any other `${…}` is an opaque part: an unknown text, which equals only itself. `*` matches it; `?` does not, nor does
 * a `*` that matches no colon.
 */
export class Glob {
  private static made = 0;

  public static of(pattern: string, kind: GlobKind): Glob {
    const kept = KEPT[kind];
    const known = kept.get(pattern);
    if (known !== undefined) return known;
    const glob = new Glob(pattern, kind);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(pattern, glob);
    return glob;
  }

  /** No letter of `text` is a wildcard; `${…}` still is opaque. */
  public static exact(text: string, kind: "text" | "caseless"): Glob {
    return Glob.of(literalPattern(text), kind);
  }

  /** No other glob has it */
  public readonly id = (Glob.made += 1);

  public readonly ignoresCase: boolean;

  /** The letters before the first wildcard, as they are compared. */
  public readonly prefix: readonly Letter[];

  /** Matches exactly one text, up to ignored case; no part is opaque. */
  public readonly isLiteral: boolean;

  /** Matches everything that begins with the prefix. */
  public readonly isPrefix: boolean;

  /** Holds an opaque part. */
  public readonly isOpaque: boolean;

  private knownSample?: string;
  private knownSteps?: Steps;
  private knownWidest?: Glob;

  private constructor(
    /** As written */
    public readonly pattern: string,
    public readonly kind: GlobKind,
    private readonly isWidest = false,
  ) {
    const elements = this.elements();
    const wildcard = elements.findIndex((element) => element < 0);
    const start = wildcard < 0 ? elements : elements.slice(0, wildcard);
    this.ignoresCase = kind === "action" || kind === "caseless";
    this.prefix = this.ignoresCase ? start.map(fold) : start;
    this.isOpaque = elements.some(isPart);
    this.isLiteral = wildcard < 0 && !this.isOpaque;
    this.isPrefix = wildcard >= 0 && elements.slice(wildcard).every(isAnyLength);
  }

  /** Matches every text. */
  public get isAnything(): boolean {
    return this.isPrefix && this.prefix.length === 0;
  }

  /** Everything that the pattern may turn out to match: its opaque parts may be any text. */
  public get widest(): Glob {
    if (!this.isOpaque) return this;
    this.knownWidest ??= new Glob(this.pattern, this.kind, true);
    return this.knownWidest;
  }

  /** For the sets of texts: how to read a text. */
  public get steps(): Steps {
    this.knownSteps ??= stepsOf(this.elements(), this.ignoresCase, this.kind === "arn");
    return this.knownSteps;
  }

  /** A text that matches, easy to read. */
  public get sample(): string {
    this.knownSample ??= print(this.elements().map((element) => (element < 0 ? FILLER : element)));
    return this.knownSample;
  }

  /**
   * Whether `text` matches; its `${…}` stand for opaque parts of the same spelling.
   *
   * @throws TooComplex if a budget is given, and has too few steps left
   */
  public matches(text: string, budget?: Budget): boolean {
    if (text.includes("${")) return isMatched(this.steps, placesAfterAll(this.steps, readText(text), 0, budget));
    if (!this.startsLike(text)) return false;
    if (this.isPrefix) return true;
    if (this.isLiteral) return text.length === this.prefix.length;
    return isMatched(this.steps, placesAfterAll(this.steps, readText(text), this.prefix.length, budget));
  }

  private startsLike(text: string): boolean {
    const { prefix } = this;
    if (text.length < prefix.length) return false;
    for (let at = 0; at < prefix.length; at++) {
      const letter = text.charCodeAt(at);
      if ((this.ignoresCase ? fold(letter) : letter) !== prefix[at]) return false;
    }
    return true;
  }

  private elements(): readonly number[] {
    const elements = readPattern(this.pattern);
    return this.isWidest ? elements.map((element) => (isPart(element) ? ANY_TEXT : element)) : elements;
  }
}

function isAnyLength(element: number): boolean {
  return element === MANY || element === ANY_TEXT;
}
