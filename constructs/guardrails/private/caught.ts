import type { Json } from "../../../domain";
import { digestOf } from "../finding";
import type { Rule, Violation } from "../rule";
import { UndecidedValue } from "../value";
import type { Told } from "./beside-undecided";

/** Most rules find nothing, and have one list of it. */
const NOTHING: readonly Violation[] = [];

/**
 * Fails closed: what a rule cannot decide, and a rule that breaks, is a violation of that rule.
 *
 * @param surroundings digest of what was judged: what is acknowledged unread is acknowledged until that changes
 * @param beside what is found beside a value at which the rule ended
 */
export function caught<R extends Rule>(
  rule: R,
  check: (rule: R) => Iterable<Told>,
  surroundings: () => Json,
  beside: (unknown: UndecidedValue, rule: R) => readonly Told[] = () => [],
): readonly Violation[] {
  let found: Violation[] | undefined;
  try {
    for (const each of check(rule)) (found ??= []).push(violation(each, surroundings));
  } catch (error) {
    found ??= [];
    if (error instanceof UndecidedValue)
      for (const each of [error, ...beside(error, rule)]) found.push(violation(each, surroundings));
    else found.push(failed(rule, error as Error, surroundings()));
  }
  return found ?? NOTHING;
}

function violation(each: Told, surroundings: () => Json): Violation {
  if (!(each instanceof UndecidedValue)) return each;
  const { at, message, value } = each;
  return { what: `undecided::${at}`, at, evidence: [message, untold(value), surroundings()] };
}

function failed(rule: Rule, { message }: Error, surroundings: Json): Violation {
  return { what: "failed", at: "", evidence: [`${rule.id} ended with an error: ${message}`, surroundings] };
}

/** A text that cannot be read may hold a secret, and findings are printed: a digest tells that it changed as well. */
function untold(value: Json): Json {
  if (typeof value === "string" && REFERENCE.test(value)) return value;
  return digestOf(value);
}

/** A reference alone, such as `${var.policy}` */
const REFERENCE = /^\$\{[\w.[\]*-]+\}$/;
