import { deny, SESSION_POLICY_CHARACTERS } from "../../iam";
import { Refusal } from "../refusal/refusal";
import { rfc3339 } from "../rfc3339";

/**
 * What STS is sent: the registry's policy of the task, which ends at `end` where that is before the credentials do.
 *
 * @param end whole seconds since the epoch; undefined if the credentials end first
 * @throws Refusal `aws.policy-too-large` over 2,048 characters
 */
export function sessionPolicyUntil(registered: string, end: number | undefined): string {
  const policy = end === undefined ? registered : withEnd(registered, end);
  if (policy.length <= SESSION_POLICY_CHARACTERS) return policy;
  const sizes = `at most ${SESSION_POLICY_CHARACTERS} characters, got ${policy.length}`;
  throw Refusal.of("aws.policy-too-large", `a session policy has ${sizes}`);
}

/** A Deny of everything, because an Allow with a condition would leave out what the bucket or table allows by itself. */
function withEnd(registered: string, end: number): string {
  const { Version, Statement } = JSON.parse(registered) as { Version: string; Statement: readonly unknown[] };
  if (!Array.isArray(Statement)) throw new Error("the registry's session policy has no list of statements");
  const ends = deny("*", "*", { DateGreaterThanEquals: { "aws:CurrentTime": rfc3339(end) } });
  return JSON.stringify({ Version, Statement: [...Statement, ends] });
}
