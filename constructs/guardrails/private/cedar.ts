import { truthOf } from "./truth";

/** What stands between quotes, with the references in it; a comment */
const TEXT_OR_COMMENT = /"(?:\$\{[^}]*\}|\\.|[^"\\])*"|\/\/[^\n]*/g;
const PERMIT = /\bpermit\s*\(([^)]*)\)([^;]*)/g;
const CONDITION = /\b(when|unless)\s*\{([^{}]*)\}/g;

/**
 * The policies of Cedar that permit each principal each action, with no condition or one that always holds: on one resource too, as a
 * gateway has all tools. A type of principals names no one. Texts are left out of what is returned.
 *
 * @see https://docs.cedarpolicy.com/policies/syntax-policy.html
 */
export function openPermits(statement: string): readonly string[] {
  return [...numbered(statement).matchAll(PERMIT)]
    .filter(([, scope = "", conditions = ""]) => isOpen(scope) && conditions.replace(CONDITION, always).trim() === "")
    .map(([permit]) => bareCedar(permit).replace(/\s+/g, " ").trim());
}

/** A statement without its comments, and with empty texts */
export function bareCedar(statement: string): string {
  return statement.replace(TEXT_OR_COMMENT, (found) => (found.startsWith('"') ? '""' : ""));
}

/** A statement without its comments, whose texts are numbers: the same for the same text */
function numbered(statement: string): string {
  const texts: string[] = [];
  return statement.replace(TEXT_OR_COMMENT, (found) => {
    if (!found.startsWith('"')) return "";
    if (!texts.includes(found)) texts.push(found);
    return `"${texts.indexOf(found)}"`;
  });
}

function isOpen(scope: string): boolean {
  return /^\s*principal\s*(?:is\s+[\w:]+\s*)?,\s*action\s*,/.test(scope);
}

/** Nothing in place of a condition that always holds */
function always(condition: string, kind: string, expression: string): string {
  return truthOf(expression) === (kind === "when") ? "" : condition;
}
