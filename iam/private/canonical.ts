import type { Condition } from "../condition";
import type { Principal, Statement } from "../statement";
import { canonicalValues } from "./values";

/**
 * The one way to write a statement: keys in the order of the IAM grammar, sets sorted, frozen throughout.
 *
 * Statements that are equal up to order and repeats become deeply equal, with equal JSON.
 */
export function canonical(statement: Statement): Statement {
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  return Object.freeze({
    ...(Sid !== undefined && { Sid }),
    Effect,
    ...(Principal !== undefined && { Principal: canonicalPrincipal(Principal) }),
    ...(NotPrincipal !== undefined && { NotPrincipal: canonicalPrincipal(NotPrincipal) }),
    ...(Action !== undefined && { Action: canonicalValues(Action) }),
    ...(NotAction !== undefined && { NotAction: canonicalValues(NotAction) }),
    ...(Resource !== undefined && { Resource: canonicalValues(Resource) }),
    ...(NotResource !== undefined && { NotResource: canonicalValues(NotResource) }),
    ...(Condition !== undefined && { Condition: canonicalCondition(Condition) }),
  });
}

function canonicalPrincipal(principal: Principal): Principal {
  return principal === "*" ? principal : sortedRecord(principal, canonicalValues);
}

function canonicalCondition(condition: Condition): Condition {
  return sortedRecord(condition, (tests) => sortedRecord(tests, canonicalValues));
}

function sortedRecord<V, W>(record: Readonly<Record<string, V>>, each: (value: V) => W): Readonly<Record<string, W>> {
  const entries = Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.freeze(Object.fromEntries(entries.map(([key, value]) => [key, each(value)])));
}
