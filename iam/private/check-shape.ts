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
  for (const key of Object.keys(statement)) checkPart(key, statement[key], place);
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal } = statement;
  if (Effect === undefined) throw new Error(`${place}.Effect must be Allow or Deny, got undefined`);
  const hasResource = Resource !== undefined || NotResource !== undefined;
  const hasPrincipal = Principal !== undefined || NotPrincipal !== undefined;
  checkOneOf("Action", Action, NotAction, true, place);
  // A trust policy has a principal and no resource, an identity policy the reverse.
  checkOneOf("Resource", Resource, NotResource, !hasPrincipal, place);
  checkOneOf("Principal", Principal, NotPrincipal, !hasResource, place);
}

function checkPart(key: string, value: unknown, place: string): void {
  if (!KEYS.has(key)) {
    throw new Error(`${place} has the unknown key ${show(key)}: write one of ${[...KEYS].join(", ")}`);
  }
  if (value === undefined) return;
  if (key === "Effect") checkEffect(value, place);
  else if (key === "Sid") checkSid(value, place);
  else if (key === "Condition") checkCondition(value, `${place}.Condition`);
  else if (key === "Principal" || key === "NotPrincipal") checkPrincipal(value, `${place}.${key}`);
  else checkValues(value, `${place}.${key}`);
}

function checkEffect(effect: unknown, place: string): void {
  if (effect !== "Allow" && effect !== "Deny") {
    throw new Error(`${place}.Effect must be Allow or Deny, got ${show(effect)}`);
  }
}

function checkSid(sid: unknown, place: string): void {
  if (!(typeof sid === "string" && /^[A-Za-z0-9]+$/.test(sid))) {
    throw new Error(`${place}.Sid must be letters and digits, got ${show(sid)}`);
  }
}

function checkOneOf(key: string, value: unknown, opposite: unknown, isNeeded: boolean, place: string): void {
  if (value !== undefined && opposite !== undefined) {
    throw new Error(`${place} has both ${key} and Not${key}: write one of them`);
  }
  if (isNeeded && value === undefined && opposite === undefined) {
    throw new Error(`${place} has no ${key}: name what it applies to`);
  }
}

function checkValues(values: unknown, place: string): void {
  if (Array.isArray(values) && values.length === 0) {
    throw new Error(`${place} is empty: name at least one value, or remove the statement`);
  }
  if (!Array.isArray(values)) checkValue(values, place, values);
  else for (const value of values as readonly unknown[]) checkValue(value, place, values);
}

function checkValue(value: unknown, place: string, values: unknown): void {
  if (typeof value !== "string") throw new Error(`${place} must hold strings, got ${show(value)}`);
  if (value === "" && !place.includes(".Condition.")) {
    throw new Error(`${place} must hold no empty string, got ${show(values)}`);
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
