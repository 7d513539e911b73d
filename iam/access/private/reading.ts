import { holds } from "../../conditions/holds";
import { isNegated, type KeyTest } from "../../conditions/key-test";
import { KeyValues } from "../../conditions/key-values";
import type { Budget } from "../../sets/budget";
import type { Glob } from "../../sets/glob";
import type { AccessRequest } from "../access";
import { Texts } from "./texts";

/** What one dimension of a request may be. */
export type Values = Texts | KeyValues;

/** What a part of a statement matches, in one reading of what nobody knows. */
export interface Reading {
  /** Whether it matches the request; undefined where that cannot be decided. */
  matches(request: AccessRequest): boolean | undefined;
  /** What is left of `values` where it matches, or where it does not: a union. */
  where(values: Values, matches: boolean, budget: Budget): readonly Values[];
}

/** Actions, resources or principals: one glob must match. */
export class GlobReading implements Reading {
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
    return values.where(this.globs, matches, budget);
  }
}

/** A test of a condition key, without its "Not". */
export class TestReading implements Reading {
  public constructor(private readonly test: KeyTest) {}

  public matches({ keys }: AccessRequest): boolean | undefined {
    const { key, name } = this.test;
    const result = holds(this.test, Object.hasOwn(keys, key) ? keys[key] : valuesOf(keys, name));
    return result === undefined ? undefined : result !== isNegated(this.test);
  }

  public where(values: Values, matches: boolean): readonly Values[] {
    if (!(values instanceof KeyValues)) throw new Error(`${this.test.key} is a condition key`);
    return values.where(this.test, matches !== isNegated(this.test));
  }
}

function valuesOf(keys: AccessRequest["keys"], name: string): readonly string[] | undefined {
  for (const key in keys) if (key.length === name.length && key.toLowerCase() === name) return keys[key];
  return undefined;
}
