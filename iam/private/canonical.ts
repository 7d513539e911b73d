import type { Condition } from "../condition";
import type { Principal, Statement } from "../statement";
import { canonicalValues } from "./values";

/**
 * The one way to write a statement: keys in the order of the IAM grammar, sets sorted, frozen throughout.
 *
 * Statements that are equal up to order and repeats become deeply equal, with equal JSON.
 */
export function canonical(statement: Statement): Statement {
  if (CANONICAL.has(statement)) return statement;
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement;
  const written: { -readonly [Key in keyof Statement]: Statement[Key] } =
    Sid === undefined ? { Effect } : { Sid, Effect };
  if (Principal !== undefined) written.Principal = canonicalPrincipal(Principal);
  if (NotPrincipal !== undefined) written.NotPrincipal = canonicalPrincipal(NotPrincipal);
  if (Action !== undefined) written.Action = canonicalValues(Action);
  if (NotAction !== undefined) written.NotAction = canonicalValues(NotAction);
  if (Resource !== undefined) written.Resource = canonicalValues(Resource);
  if (NotResource !== undefined) written.NotResource = canonicalValues(NotResource);
  if (Condition !== undefined) written.Condition = canonicalCondition(Condition);
  CANONICAL.add(Object.freeze(written));
  return written;
}

/** Statements that were written so: documents are joined and compacted many times. */
const CANONICAL = new WeakSet<Statement>();

function canonicalPrincipal(principal: Principal): Principal {
  return principal === "*" ? principal : sortedRecord(principal, canonicalValues);
}

function canonicalCondition(condition: Condition): Condition {
  return sortedRecord(condition, (tests) => sortedRecord(tests, canonicalValues));
}

function sortedRecord<V, W>(record: Readonly<Record<string, V>>, each: (value: V) => W): Readonly<Record<string, W>> {
  const keys = Object.keys(record).sort();
  return Object.freeze(Object.fromEntries(keys.map((key) => [key, each(record[key] as V)])));
}
