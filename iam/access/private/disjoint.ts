import type { Budget } from "../../sets/budget";
import { areDisjoint } from "../../sets/text-set";
import type { Part } from "./part-type";
import type { Rule } from "./rule";

/**
 * Whether no request meets both rules, for a reason that is quick to see: they name other actions, resources or
 * principals, for every value of their `${…}`. False if that is not plain.
 *
 * @throws TooComplex if looking takes more steps than `budget` has left
 */
export function exclude(one: Rule, other: Rule, budget: Budget): boolean {
  return one.telling.some((part) => other.telling.some((each) => exclusive(part, each, budget)));
}

function exclusive(one: Part, other: Part, budget: Budget): boolean {
  if (one.dimension !== other.dimension || one.test !== undefined || one.isNegated || other.isNegated) return false;
  return areDisjoint(one.globs, other.globs, budget);
}
