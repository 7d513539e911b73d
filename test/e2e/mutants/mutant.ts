import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

/** Root of the repository */
export const ROOT = resolve(__dirname, "../../..");
/** What is compiled once, for all runs */
export const CACHE = join(ROOT, "node_modules/.cache");
const TABLES = join(ROOT, "test/cases/mutants");

/** Identifiers, dotted names or values of literals, all of which stand in the code that is meant */
export type Names = string | readonly string[];

/** One security rule taken out: which one by structure and name, never by its text. See CONTRIBUTING.md. */
export interface Mutant {
  /** What no longer holds */
  readonly name: string;
  readonly file: string;
  /** Declaration that holds the rule: `function`, `Class.method`, `CONSTANT.key` */
  readonly in: string;
  /** Pattern of the paths of tests, one of which must fail */
  readonly tests: string;

  /** The function returns this at once. */
  readonly returns?: string;
  /** The entry of a list, member, argument or statement that begins with this name is left out. */
  readonly drop?: string;
  /** The innermost condition that has these names becomes `is`. */
  readonly condition?: Names;
  /** The call of this function becomes `is`. */
  readonly call?: string;
  /** The value of this member, variable or property becomes `is`. */
  readonly value?: string;
  /** This identifier, key or literal becomes `is`. */
  readonly swap?: string;
  /** The innermost expression that has these names becomes `is`. */
  readonly expression?: Names;

  /** Code put there. `$` is what was there, `$0` an argument of it, `$this`, `$left`, `$right`, `$then`, `$else` a part. */
  readonly is?: string;
  /** Which of several, from 1 */
  readonly nth?: number;
}

export const OPERATORS = ["returns", "drop", "condition", "call", "value", "swap", "expression"] as const;
export type Operator = (typeof OPERATORS)[number];

export function operatorOf(mutant: Mutant): Operator {
  const given = OPERATORS.filter((operator) => mutant[operator] !== undefined);
  const [operator] = given;
  if (operator === undefined || given.length > 1)
    throw new Error(`must say one of ${OPERATORS.join(", ")}, says ${given.join(" and ") || "none"}`);
  const needsIs = operator !== "returns" && operator !== "drop";
  if (needsIs !== (mutant.is !== undefined))
    throw new Error(needsIs ? `"${operator}" needs what it becomes: "is"` : `"${operator}" has no "is"`);
  return operator;
}

/** All mutants, in one table per folder of the sources */
export function readMutants(): readonly Mutant[] {
  return readdirSync(TABLES)
    .sort()
    .flatMap((table) => JSON.parse(readFileSync(join(TABLES, table), "utf8")) as Mutant[]);
}
