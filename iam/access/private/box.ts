import { KeyValues } from "../../conditions/key-values";
import type { Budget } from "../../sets/budget";
import type { Part } from "./part-type";
import type { Question } from "./question";
import type { Rule } from "./rule";
import { Space } from "./space";

/** That a rule applies to a request, or does not */
export interface Claim {
  readonly rule: Rule;
  readonly applies: boolean;
}

/** A claim that is true, and those that were noted before it */
interface Noted extends Claim {
  readonly before: Noted | undefined;
}

/** Requests that satisfy some claims: a space for each dimension of these. Immutable. */
export class Box {
  public static everything(question: Question, isCertain: boolean): Box {
    return new Box(question, isCertain, new Map(), undefined, new Map());
  }

  private constructor(
    private readonly question: Question,
    private readonly isCertain: boolean,
    public readonly spaces: ReadonlyMap<string, Space>,
    private readonly claimed: Noted | undefined,
    /** Unrestricted dimensions; kept, because a space caches its answers */
    private readonly untouched: Map<string, Space>,
  ) {}

  /** Whether nothing known here contradicts `claim`. */
  public allows({ rule, applies }: Claim): boolean {
    return this.may(rule, applies);
  }

  private may(rule: Rule, applies: boolean): boolean {
    for (let noted = this.claimed; noted !== undefined; noted = noted.before) {
      if (noted.rule.text === rule.text) return noted.applies === applies;
    }
    return applies
      ? rule.telling.every((part) => this.spaceOf(part).may(part, true))
      : rule.telling.some((part) => this.spaceOf(part).may(part, false));
  }

  /** Whether `claim` is true of every request here. */
  public entails({ rule, applies }: Claim): boolean {
    return !this.may(rule, !applies);
  }

  /** The requests here that satisfy `part`, or that do not: a union. */
  public where(part: Part, holds: boolean): readonly Box[] {
    return this.spaceOf(part)
      .where(part, holds)
      .map((space) => this.with(new Map(this.spaces).set(part.dimension, space), this.claimed));
  }

  /** The requests here to which `rule` applies: a union. */
  public applying({ parts }: Rule): readonly Box[] {
    let left = [new Map(this.spaces)];
    for (const part of parts) {
      left = left.flatMap((spaces) => {
        const narrower = this.spaceIn(spaces, part).where(part, true);
        const [only] = narrower;
        if (narrower.length === 1) return [spaces.set(part.dimension, only as Space)];
        return narrower.map((space) => new Map(spaces).set(part.dimension, space));
      });
    }
    return left.map((spaces) => this.with(spaces, this.claimed));
  }

  /** The same requests, and a note that `claims` are true of them. */
  public noting(claims: readonly Claim[]): Box {
    let claimed = this.claimed;
    for (const { rule, applies } of claims) claimed = { rule, applies, before: claimed };
    return this.with(this.spaces, claimed);
  }

  /**
   * The requests here whose keys hold values that the tests behind `claims`, which are true here, can compare: a number
   * for a numeric test. That such a test is always true applies to numbers only.
   */
  public comparing(claims: readonly Claim[]): Box {
    if (claims.every(({ rule }) => rule.scaled.length === 0)) return this;
    return claims
      .flatMap(({ rule, applies }) => rule.scaled.map((part) => ({ part, applies })))
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

  private with(spaces: ReadonlyMap<string, Space>, claimed: Noted | undefined): Box {
    return new Box(this.question, this.isCertain, spaces, claimed, this.untouched);
  }

  private spaceOf(part: Part): Space {
    return this.spaceIn(this.spaces, part);
  }

  private spaceIn(spaces: ReadonlyMap<string, Space>, part: Part): Space {
    const known = spaces.get(part.dimension) ?? this.untouched.get(part.dimension);
    if (known !== undefined) return known;
    const space = Space.of(this.question, part, this.isCertain);
    this.untouched.set(part.dimension, space);
    return space;
  }
}
