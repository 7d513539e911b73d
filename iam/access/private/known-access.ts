import { TooComplex } from "../../sets/budget";
import type { Access, AccessRequest } from "../access";
import type { Candidate } from "./candidates";
import { Comparison } from "./comparison";
import { type Rules, rulesOf, type StatementRule } from "./rule";

const NOTHING: Rules = { paths: [], denies: [] };

/** Steps to find an example; one that takes more is left to the question itself. */
const QUICK_STEPS = 2_000;

/** A memo on frozen values: callers of `isWithin` change neither access. */
const KNOWN = new WeakMap<Access, KnownAccess>();

/** An access that is compared with many: its rules, and what each of its Allows lets through, are worked out once. */
export class KnownAccess {
  public static of(access: Access): KnownAccess {
    const known = KNOWN.get(access);
    if (known !== undefined) return known;
    const read = new KnownAccess(rulesOf(access));
    KNOWN.set(access, read);
    return read;
  }

  private readonly examples = new Map<StatementRule, AccessRequest | undefined>();
  private comparison?: Comparison;

  private constructor(public readonly rules: Rules) {}

  /**
   * A request that `candidate`, an Allow of this access, certainly lets through; undefined if none is quick to find.
   *
   * Undefined says little: another access may treat a key as multivalued, or name other principals.
   */
  public exampleOf(candidate: Candidate): AccessRequest | undefined {
    const { rule } = candidate;
    if (!this.examples.has(rule)) this.examples.set(rule, this.found(candidate));
    return this.examples.get(rule);
  }

  private found(candidate: Candidate): AccessRequest | undefined {
    this.comparison ??= new Comparison(NOTHING, this.rules, QUICK_STEPS);
    try {
      const finding = this.comparison.find(candidate, []);
      const isCertain = finding !== undefined && this.comparison.isShownBy(candidate, finding.witness);
      return isCertain ? finding.witness : undefined;
    } catch (error) {
      if (!(error instanceof TooComplex)) throw error;
      return undefined;
    }
  }
}
