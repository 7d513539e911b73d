import { mayUseWildcardResource, type WildcardResource } from "../data/wildcard-exceptions";
import { list, show } from "../private/values";
import type { Statement } from "../statement";
import { replaceVariables, variablesIn } from "../variables";

const EXACT_ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/;
const ACTION_PATTERN = /^(?:\*|(?:\*|[a-z0-9-]+):[A-Za-z0-9*?]+)$/;

/** A secret's ARN, or a Terraform reference in its place, before the six characters that AWS appends. */
const SECRET_SUFFIX = /(?:^arn:[^:]+:secretsmanager:[^:]+:[^:]+:secret:[^:]+|^\$\{[^}]+\})-\?{6}$/;

/** Text without a wildcard, or Terraform references: a request variable, which has a colon, names nothing fixed. */
const FIXED = /(?:[^:*?$]|\$\{[^}:*?]+\})+/.source;
/** The streams of one log group, whose name has no colon, so that it matches no other group. */
const LOG_STREAMS = new RegExp(`^arn:${FIXED}:logs:${FIXED}:${FIXED}:log-group:${FIXED}:\\*$`);

/** An ARN with all six parts, or a Terraform reference in the place of one or of its beginning. */
const NAMES_ONE = /^(?:arn:[^:]+:[^:]+:[^:]*:[^:]*:.+|\$\{.+)$/s;

/**
 * Refuse a statement that allows more than it names, or that forbids less than it seems to.
 *
 * @param place where the statement stands, such as `Statement[1]`, for the error text
 */
export function checkGrants(statement: Statement, place: string, wildcardResource?: WildcardResource): void {
  checkTemplates(statement, place);
  if (statement.Effect === "Deny") return checkDeny(statement, place);

  for (const key of ["NotAction", "NotResource", "NotPrincipal"] as const) {
    if (statement[key] !== undefined) {
      throw new Error(`${place} allows by ${key}, got ${show(statement[key])}: name what is allowed instead`);
    }
  }
  const actions = list(statement.Action);
  for (const action of actions) {
    if (!EXACT_ACTION.test(action)) {
      throw new Error(`${place}.Action of an Allow must be exact such as "s3:GetObject", got ${show(action)}`);
    }
  }
  for (const resource of list(statement.Resource)) {
    if (resource === "*") checkWholeWildcard(actions, place, wildcardResource);
    else checkResource(resource, place);
  }
  checkPrincipal(statement, place, wildcardResource);
}

function checkWholeWildcard(actions: readonly string[], place: string, kind?: WildcardResource): void {
  for (const action of actions) {
    if (!mayUseWildcardResource(action, kind)) {
      const where = kind === undefined ? "" : ` in a policy of kind "${kind}"`;
      throw new Error(`${place}.Resource of ${action} must name resources${where}, got "*"`);
    }
  }
}

function checkResource(resource: string, place: string): void {
  // `${*}` and `${?}` are the characters themselves, not wildcards.
  const text = resource.replace(/\$\{[*?$]\}/g, "_");
  const named = withoutWildcard(text);
  if (/[*?]/.test(named)) {
    throw new Error(
      `${place}.Resource of an Allow may have a wildcard only as its last segment "/*", as the "-??????" of a secret ` +
        `or as the ":*" of one log group, got ${show(resource)}`,
    );
  }
  if (!NAMES_ONE.test(replaceVariables(named, "_"))) {
    throw new Error(`${place}.Resource must be an ARN or "*", got ${show(resource)}`);
  }
}

function withoutWildcard(text: string): string {
  if (SECRET_SUFFIX.test(text)) return text.slice(0, -"-??????".length);
  if (LOG_STREAMS.test(text)) return text.slice(0, -":*".length);
  return text.replace(/(?<=[^:/])\/\*$/, "");
}

function checkPrincipal(statement: Statement, place: string, kind?: WildcardResource): void {
  const { Principal, Condition } = statement;
  const names = Principal === undefined || Principal === "*" ? list(Principal) : Object.values(Principal).flatMap(list);
  for (const name of names) {
    if (name === "*" && Condition === undefined && kind !== "endpoint") {
      throw new Error(`${place} allows every principal, got Principal "*" without a Condition: name the principals`);
    }
    if (name !== "*" && /[*?]/.test(name)) {
      throw new Error(`${place}.Principal takes no wildcard, got ${show(name)}: use ArnLike aws:PrincipalArn`);
    }
  }
}

function checkDeny(statement: Statement, place: string): void {
  for (const action of [...list(statement.Action), ...list(statement.NotAction)]) {
    if (!ACTION_PATTERN.test(action)) {
      throw new Error(`${place}.Action must be an action or a pattern such as "s3:Delete*", got ${show(action)}`);
    }
  }
  // A variable without a value matches nothing: the Deny would silently not apply.
  for (const variable of variablesIn(JSON.stringify(statement))) {
    if (/:/.test(variable) && !/, *'[^']*'\}$/.test(variable)) {
      throw new Error(
        `${place} is a Deny and fails open where ${variable} has no value: write a default, as in ` +
          variable.replace(/\}$/, ", 'none'}"),
      );
    }
  }
}

function checkTemplates(statement: Statement, place: string): void {
  for (const [operator, tests] of Object.entries(statement.Condition ?? {})) {
    if (!/(?:^|:)Date/.test(operator)) continue;
    const [variable] = variablesIn(JSON.stringify(tests));
    if (variable !== undefined) {
      throw new Error(`${place}.Condition.${operator} takes no policy variable, got ${variable}: write a date`);
    }
  }
  // Terraform reads `$${` as an escaped `${`, so the policy that AWS receives would be another one.
  const found = /\$\$\{|%%\{/.exec(JSON.stringify(statement));
  if (found !== null) {
    throw new Error(`${place} must not be escaped for Terraform, got "${found[0]}": write "${found[0].slice(1)}"`);
  }
}
