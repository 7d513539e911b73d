/** What stands between quotes, with the references in it; a comment */
const TEXT_OR_COMMENT = /"(?:\$\{[^}]*\}|\\.|[^"\\])*"|\/\/[^\n]*/g;
const PERMIT = /\bpermit\s*\(([^)]*)\)([^;]*)/g;
const NO_CONDITION = /\b(?:when\s*\{\s*true\s*\}|unless\s*\{\s*false\s*\})/g;

/**
 * The policies of Cedar that permit each principal each action, without a condition: on one resource too, as a gateway has all tools.
 * A type of principals names no one. Texts are left out of what is returned.
 *
 * @see https://docs.cedarpolicy.com/policies/syntax-policy.html
 */
export function openPermits(statement: string): readonly string[] {
  return [...bareCedar(statement).matchAll(PERMIT)]
    .filter(([, scope = "", conditions = ""]) => isOpen(scope) && conditions.replace(NO_CONDITION, "").trim() === "")
    .map(([permit]) => permit.replace(/\s+/g, " ").trim());
}

/** A statement without its comments, and with empty texts */
export function bareCedar(statement: string): string {
  return statement.replace(TEXT_OR_COMMENT, (found) => (found.startsWith('"') ? '""' : ""));
}

function isOpen(scope: string): boolean {
  return /^\s*principal\s*(?:is\s+[\w:]+\s*)?,\s*action\s*,/.test(scope);
}
