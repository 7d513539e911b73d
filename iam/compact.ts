import { canonical } from "./private/canonical";
import { list } from "./private/values";
import type { Statement } from "./statement";

/**
 * The same policy in fewer characters: Allows that differ only in their actions, or only in their resources, become
 * one.
 *
 * Grants neither more nor less. A Deny or a statement with a Sid is kept as it stands. The result is sorted, so it
 * depends on the set of statements only, not on their order.
 */
export function compact(statements: readonly Statement[]): readonly Statement[] {
  let current = distinct(statements);
  while (current.length > 1) {
    const merged = mergeBy("Resource", mergeBy("Action", current));
    if (merged.length === current.length) return merged;
    current = merged;
  }
  return current;
}

/**
 * Statements equal in all but `field` grant together what one with the union grants.
 *
 * @param statements canonical, so that those which are equal are equal text
 */
function mergeBy(field: "Action" | "Resource", statements: readonly Statement[]): readonly Statement[] {
  const kept: Statement[] = [];
  const groups = new Map<string, Statement>();
  for (const statement of statements) {
    const values = statement[field];
    if (statement.Effect !== "Allow" || statement.Sid !== undefined || values === undefined) {
      kept.push(statement);
      continue;
    }
    const group = JSON.stringify({ ...statement, [field]: undefined });
    groups.set(group, { ...statement, [field]: [...list(groups.get(group)?.[field]), ...list(values)] });
  }
  if (kept.length + groups.size === statements.length) return statements;
  return distinct([...kept, ...groups.values()]);
}

/** Each statement once, canonical, in the order of their text. */
function distinct(statements: readonly Statement[]): readonly Statement[] {
  const byText = new Map(
    statements.map((statement) => {
      const written = canonical(statement);
      return [JSON.stringify(written), written];
    }),
  );
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, statement]) => statement);
}
