import type { Condition, OneOrMany } from "./condition";

/** All principals (`"*"`), or principals by type: `{ AWS: "arn:…" }`, `{ Federated: "arn:…" }`, `{ Service: "…" }`. */
export type Principal = "*" | Readonly<Record<string, OneOrMany>>;

export type Effect = "Allow" | "Deny";

/**
 * One statement of an IAM policy, in the shape of its JSON.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface Statement {
  /** Letters and digits, unique in its document. */
  readonly Sid?: string;
  readonly Effect: Effect;
  readonly Principal?: Principal;
  readonly NotPrincipal?: Principal;
  readonly Action?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Condition?: Condition;
}

/** Let `actions` happen on `resources`, where `condition` holds. */
export function allow(actions: OneOrMany, resources: OneOrMany, condition?: Condition): Statement {
  return statement("Allow", actions, resources, condition);
}

/** Forbid `actions` on `resources`, if `condition` holds, against every Allow. */
export function deny(actions: OneOrMany, resources: OneOrMany, condition?: Condition): Statement {
  return statement("Deny", actions, resources, condition);
}

function statement(effect: Effect, actions: OneOrMany, resources: OneOrMany, condition?: Condition): Statement {
  const base = { Effect: effect, Action: actions, Resource: resources };
  return condition === undefined ? base : { ...base, Condition: condition };
}
