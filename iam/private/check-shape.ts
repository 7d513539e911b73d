import { isConditionOperator } from "../condition";
import type { Statement } from "../statement";
import { isRecord, show } from "./values";

const KEYS: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

/**
 * Refuse what IAM would refuse, or would read otherwise than a person does.
 *
 * @param place where the statement stands, such as `Statement[1]`, for the error text
 */
export function checkShape(statement: unknown, place: string): asserts statement is Statement {
  if (!isRecord(statement)) throw new Error(`${place} must be an object, got ${show(statement)}`);
  for (const key of Object.keys(statement)) {
    if (!KEYS.has(key)) {
      throw new Error(`${place} has the unknown key ${show(key)}: write one of ${[...KEYS].join(", ")}`);
    }
  }
  const { Effect, Sid } = statement;
  if (Effect !== "Allow" && Effect !== "Deny") {
    throw new Error(`${place}.Effect must be Allow or Deny, got ${show(Effect)}`);
  }
  if (Sid !== undefined && !(typeof Sid === "string" && /^[A-Za-z0-9]+$/.test(Sid))) {
    throw new Error(`${place}.Sid must be letters and digits, got ${show(Sid)}`);
  }
  checkOneOf(statement, "Action", "NotAction", place);
  checkOneOf(statement, "Resource", "NotResource", place, "Principal", "NotPrincipal");
  checkOneOf(statement, "Principal", "NotPrincipal", place, "Resource", "NotResource");
  for (const key of ["Action", "NotAction", "Resource", "NotResource"] as const) {
    if (statement[key] !== undefined) checkValues(statement[key], `${place}.${key}`);
  }
  for (const key of ["Principal", "NotPrincipal"] as const) {
    if (statement[key] !== undefined) checkPrincipal(statement[key], `${place}.${key}`);
  }
  if (statement["Condition"] !== undefined) checkCondition(statement["Condition"], `${place}.Condition`);
}

/** A trust policy has a principal and no resource, an identity policy the reverse: `instead` names the other half. */
function checkOneOf(
  statement: Readonly<Record<string, unknown>>,
  key: string,
  notKey: string,
  place: string,
  ...instead: readonly string[]
): void {
  const given = (name: string): boolean => statement[name] !== undefined;
  if (given(key) && given(notKey)) {
    throw new Error(`${place} has both ${key} and ${notKey}: write one of them`);
  }
  if (!given(key) && !given(notKey) && !instead.some(given)) {
    throw new Error(`${place} has no ${key}: name what it applies to`);
  }
}

function checkValues(values: unknown, place: string): void {
  if (Array.isArray(values) && values.length === 0) {
    throw new Error(`${place} is empty: name at least one value, or remove the statement`);
  }
  for (const value of Array.isArray(values) ? values : [values]) {
    if (typeof value !== "string") throw new Error(`${place} must hold strings, got ${show(value)}`);
    if (value === "" && !place.includes(".Condition.")) {
      throw new Error(`${place} must hold no empty string, got ${show(values)}`);
    }
  }
}

function checkPrincipal(principal: unknown, place: string): void {
  if (principal === "*") return;
  if (!isRecord(principal) || Object.keys(principal).length === 0) {
    throw new Error(`${place} must be "*" or name principals by type such as {"AWS": "arn:…"}, got ${show(principal)}`);
  }
  for (const [type, values] of Object.entries(principal)) {
    if (!["AWS", "Service", "Federated", "CanonicalUser"].includes(type)) {
      throw new Error(`${place} has the unknown type ${show(type)}: write AWS, Service, Federated or CanonicalUser`);
    }
    checkValues(values, `${place}.${type}`);
  }
}

function checkCondition(condition: unknown, place: string): void {
  if (!isRecord(condition) || Object.keys(condition).length === 0) {
    throw new Error(`${place} must test something, got ${show(condition)}: remove it or name an operator`);
  }
  for (const operator of Object.keys(condition)) {
    const at = `${place}.${operator}`;
    if (!isConditionOperator(operator)) {
      throw new Error(`${at} is no condition operator: write one that IAM knows, such as StringEquals`);
    }
    checkTests(condition[operator], at);
  }
}

function checkTests(tests: unknown, at: string): void {
  if (!isRecord(tests) || Object.keys(tests).length === 0) {
    throw new Error(`${at} must test a condition key, got ${show(tests)}`);
  }
  const seen = new Set<string>();
  for (const key of Object.keys(tests)) {
    // Condition keys have no case: IAM would take both spellings as one key.
    if (key === "" || seen.has(key.toLowerCase())) {
      throw new Error(`${at} must name each condition key once, ignoring case, got ${show(key)}`);
    }
    seen.add(key.toLowerCase());
    checkValues(tests[key], `${at}.${key}`);
  }
}
