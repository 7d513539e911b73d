import { holds } from "../../../../iam/conditions/holds";
import { isNegated, type KeyTest } from "../../../../iam/conditions/key-test";
import type { Caller } from "./caller";

/**
 * Whether a test holds for whatever a caller asks; undefined where that depends on the session, or nobody knows.
 *
 * Source: IAM user guide, reference_policies_condition-keys, aws:PrincipalArn, aws:PrincipalAccount and aws:userid.
 */
export function holdsFor(test: KeyTest, caller: Caller): boolean | undefined {
  if (test.quantifier !== "one" || !/^(?:String|Arn)/.test(test.base)) return undefined;
  if (test.name === "aws:userid")
    return holdsFrom(test, (value) => isUserId(value, caller, test.base.endsWith("Like")));
  if (test.name === "aws:principalarn") {
    const known = test.type === "text" && caller.isWritten ? holds(test, [caller.arn]) : undefined;
    return known ?? holdsFrom(test, (value) => (caller.isOther(value) ? false : undefined));
  }
  const isKnown = test.name === "aws:principalaccount" && test.type === "text" && caller.isWritten;
  return isKnown && caller.name !== undefined ? holds(test, [caller.name.account]) : undefined;
}

/** One value is enough, and with "Not" none must match. */
function holdsFrom(test: KeyTest, matches: (value: string) => boolean | undefined): boolean | undefined {
  const verdicts = test.values.map(matches);
  if (verdicts.includes(true)) return !isNegated(test);
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === false) ? isNegated(test) : undefined;
}

/** Of all sessions of the caller, or of none: the ID of the role, a colon, and the name of the session */
function isUserId(value: string, { id, isOther }: Caller, hasWildcards: boolean): boolean | undefined {
  if (hasWildcards && (value === "*" || value === `${id}:*`)) return true;
  return isOther(value.replace(/:[^{}]*$/, "")) ? false : undefined;
}
