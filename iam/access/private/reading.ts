import { holds } from "../../conditions/holds";
import { isNegated, type KeyTest } from "../../conditions/key-test";
import { KeyValues } from "../../conditions/key-values";
import type { Budget } from "../../sets/budget";
import type { Glob } from "../../sets/glob";
import type { AccessRequest } from "../access";
import { Texts } from "./texts";

/** What one dimension of a request may be. */
export type Values = Texts | KeyValues;

/** Matching of a statement's part, for one reading of its unknowns. */
export interface Reading {
  /** Whether it matches the request; undefined if that cannot be decided. */
  matches(request: AccessRequest): boolean | undefined;
  /** What is left of `values` where it matches, or where it does not: a union. */
  where(values: Values, matches: boolean, budget: Budget): readonly Values[];
}

/** Texts that remain of an unrestricted set, and the steps it took */
interface Kept {
  readonly left: readonly Texts[];
  readonly steps: number;
}

/** Actions, resources or principals: one glob must match. */
export class GlobReading implements Reading {
  /** By whether it matches: every question about the statement begins with it. */
  private readonly kept = new Map<boolean, Kept>();

  public constructor(
    private readonly textOf: (request: AccessRequest) => string,
    private readonly globs: readonly Glob[],
  ) {}

  public matches(request: AccessRequest): boolean {
    const text = this.textOf(request);
    return this.globs.some((glob) => glob.matches(text));
  }

  public where(values: Values, matches: boolean, budget: Budget): readonly Values[] {
    if (!(values instanceof Texts)) throw new Error("a condition key is no text");
    return values === Texts.anything ? this.ofAnything(matches, budget) : values.where(this.globs, matches, budget);
  }

  /** A budget is spent alike, whether or not the answer is known. */
  private ofAnything(matches: boolean, budget: Budget): readonly Texts[] {
    const known = this.kept.get(matches);
    if (known !== undefined) {
      budget.spend(known.steps);
      return known.left;
    }
    const { spent } = budget;
    const left = Texts.anything.where(this.globs, matches, budget);
    this.kept.set(matches, { left, steps: budget.spent - spent });
    return left;
  }
}

/** A test of a condition key, without its "Not". */
export class TestReading implements Reading {
  /** For unrestricted keys: every question about the statement begins with them. */
  private readonly kept = {
    true: new Map<KeyValues, readonly KeyValues[]>(),
    false: new Map<KeyValues, readonly KeyValues[]>(),
  };

  public constructor(private readonly test: KeyTest) {}

  public matches({ keys }: AccessRequest): boolean | undefined {
    const { key, name } = this.test;
    const result = holds(this.test, Object.hasOwn(keys, key) ? keys[key] : valuesOf(keys, name));
    return result === undefined ? undefined : result !== isNegated(this.test);
  }

  public where(values: Values, matches: boolean): readonly Values[] {
    if (!(values instanceof KeyValues)) throw new Error(`${this.test.key} is a condition key`);
    const kept = values.isUntested ? this.kept[`${matches}`] : undefined;
    const known = kept?.get(values);
    if (known !== undefined) return known;
    const left = values.where(this.test, matches !== isNegated(this.test));
    // What takes long to find out is left to each question, and its budget.
    if (left.every((each) => each.isWorkedOut)) kept?.set(values, left);
    return left;
  }
}

function valuesOf(keys: AccessRequest["keys"], name: string): readonly string[] | undefined {
  for (const key in keys) if (key.length === name.length && key.toLowerCase() === name) return keys[key];
  return undefined;
}
