import { KeyValues } from "../../conditions/key-values";
import type { Budget } from "../../sets/budget";
import type { Part } from "./part";
import type { Question } from "./question";
import type { Rule } from "./rule";
import { Space } from "./space";

/** That a rule applies to a request, or does not */
export interface Claim {
  readonly rule: Rule;
  readonly applies: boolean;
}

/** Requests of which some claims are true: a space for each dimension that they are about. Immutable. */
export class Box {
  public static everything(question: Question, isCertain: boolean): Box {
    return new Box(question, isCertain, new Map(), new Map(), new Map());
  }

  private constructor(
    private readonly question: Question,
    private readonly isCertain: boolean,
    public readonly spaces: ReadonlyMap<string, Space>,
    /** By text of a rule: whether it applies */
    private readonly claimed: ReadonlyMap<string, boolean>,
    /** By dimension, of which nothing is claimed yet; kept, because a space remembers what it was asked */
    private readonly untouched: Map<string, Space>,
  ) {}

  /** Whether nothing here is known to speak against `claim`. */
  public allows({ rule, applies }: Claim): boolean {
    const claimed = this.claimed.get(rule.text);
    if (claimed !== undefined) return claimed === applies;
    return applies
      ? rule.parts.every((part) => this.spaceOf(part).may(part, true))
      : rule.parts.some((part) => this.spaceOf(part).may(part, false));
  }

  /** Whether `claim` is true of every request here. */
  public entails(claim: Claim): boolean {
    return !this.allows({ rule: claim.rule, applies: !claim.applies });
  }

  /** The requests here of which `part` is true, or of which it is not: a union. */
  public where(part: Part, holds: boolean): readonly Box[] {
    return this.spaceOf(part)
      .where(part, holds)
      .map((space) => this.with(new Map(this.spaces).set(part.dimension, space), this.claimed));
  }

  /** The same requests, and a note that `claims` are true of them. */
  public noting(claims: readonly Claim[]): Box {
    const claimed = new Map(this.claimed);
    for (const { rule, applies } of claims) claimed.set(rule.text, applies);
    return this.with(this.spaces, claimed);
  }

  /**
   * The requests here whose keys hold values that the tests behind `claims`, which are true here, can compare: a number
   * where a number is tested. That such a test is always true says so of numbers only.
   */
  public comparing(claims: readonly Claim[]): Box {
    return claims
      .flatMap(({ rule, applies }) => rule.parts.map((part) => ({ part, applies })))
      .filter(({ part }) => part.test !== undefined && part.test.type !== "text" && part.reading !== undefined)
      .reduce<Box>((box, { part, applies }) => {
        if (box.spaceOf(part).may(part, !applies)) return box;
        return box.where(part, applies)[0] ?? box;
      }, this);
  }

  /** Whether there is a request at all: of condition keys, that may take long to find out, and is left to the end. */
  public hasExample(budget: Budget): boolean {
    return [...this.spaces.values()].every(
      ({ values }) => !(values instanceof KeyValues) || values.example(budget) !== undefined,
    );
  }

  private with(spaces: ReadonlyMap<string, Space>, claimed: ReadonlyMap<string, boolean>): Box {
    return new Box(this.question, this.isCertain, spaces, claimed, this.untouched);
  }

  private spaceOf(part: Part): Space {
    const known = this.spaces.get(part.dimension) ?? this.untouched.get(part.dimension);
    if (known !== undefined) return known;
    const space = Space.of(this.question, part, this.isCertain);
    this.untouched.set(part.dimension, space);
    return space;
  }
}
