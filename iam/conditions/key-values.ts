import { Budget, TooComplex } from "../sets/budget";
import { holdsOnAbsent, holdsOnPresent } from "./holds";
import type { KeyTest } from "./key-test";
import { valuesWhere } from "./passing";
import { ALL_VALUES, intersect, valueIn, type ValueSet } from "./value-set";

/** Steps to detect an empty remainder early; harder cases are left to the question itself. */
const QUICK_STEPS = 2_000;

/** Values of a key that is there: all of them in `bound`, and for each of `demands` one that is in it */
interface Present {
  readonly bound: ValueSet;
  readonly demands: readonly ValueSet[];
}

/** What one key may hold in a request: absent or present, and which values. Immutable. */
export class KeyValues {
  /** Of a key with one value at most; it may hold several from the first test with a set operator on. */
  public static readonly anything = new KeyValues(true, { bound: ALL_VALUES, demands: [] }, false, new Map());

  /** Of a key that may hold several values: one that a set operator tests anywhere in the question. */
  public static readonly severalValued = new KeyValues(true, { bound: ALL_VALUES, demands: [] }, true, new Map());

  private known: { readonly example: readonly string[] | undefined } | undefined;

  private constructor(
    private readonly mayBeAbsent: boolean,
    /** undefined: the key cannot be present. */
    private readonly present: Present | undefined,
    private readonly several: boolean,
    /** By the text of a test: whether it holds */
    private readonly asked: ReadonlyMap<string, boolean>,
  ) {}

  /**
   * The remainder if `test` holds, or if it does not: a union, empty if there is none.
   *
   * @throws if `test` is opaque: it is unknown for which values it holds
   */
  public where(test: KeyTest, holds: boolean): readonly KeyValues[] {
    if (test.type === "opaque") throw new Error(`${test.operator} on ${test.key} cannot be decided`);
    const known = this.asked.get(test.text);
    if (known !== undefined) return known === holds ? [this] : [];
    const left = new KeyValues(
      this.mayBeAbsent && holdsOnAbsent(test) === holds,
      this.present && presentWhere(this.present, test, holds),
      this.several || test.quantifier !== "one",
      new Map([...this.asked, [test.text, holds]]),
    );
    return left.isPossible ? [left] : [];
  }

  /**
   * Values of an example, `null` for an absent key; undefined if there is none.
   *
   * If tests compare the values of one key in different ways (as text and as a number), the example may pass only some
   * of them.
   *
   * @throws TooComplex
   */
  public example(budget: Budget): readonly string[] | null | undefined {
    if (this.mayBeAbsent) return null;
    if (this.present === undefined) return undefined;
    this.known ??= { example: this.exampleOf(this.present, budget) };
    return this.known.example;
  }

  /** Not restricted yet. */
  public get isUntested(): boolean {
    return this.asked.size === 0;
  }

  /** Whether an example takes no more steps to find. */
  public get isWorkedOut(): boolean {
    return this.mayBeAbsent || this.present === undefined || this.known !== undefined;
  }

  private exampleOf(present: Present, budget: Budget): readonly string[] | undefined {
    const values = this.parts(present).map((part) => valueIn(part, budget));
    return values.every((value) => value !== undefined) ? [...new Set(values)] : undefined;
  }

  private get isPossible(): boolean {
    try {
      return this.example(new Budget(QUICK_STEPS)) !== undefined;
    } catch (error) {
      if (error instanceof TooComplex) return true;
      throw error;
    }
  }

  /** Sets from each of which the key must hold a value. */
  private parts({ bound, demands }: Present): readonly ValueSet[] {
    if (!this.several || demands.length === 0) return [demands.reduce(intersect, bound)];
    return demands.map((demand) => intersect(bound, demand));
  }
}

function presentWhere(present: Present, test: KeyTest, holds: boolean): Present | undefined {
  if (test.type === "null") return holdsOnPresent(test) === holds ? present : undefined;
  const values = valuesWhere(test, holds);
  // "Every value passes" fails if one does not, and "one passes" fails if none does.
  const forAll = (test.quantifier === "every") === holds;
  return forAll
    ? { ...present, bound: intersect(present.bound, values) }
    : { ...present, demands: [...present.demands, values] };
}
