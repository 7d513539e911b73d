import type { Budget } from "./budget";
import { describe, textParts } from "./value-text";
import { call } from "./functions";
import { type Path, valueAtPath } from "./path";
import type { Expression, Step } from "./syntax";
import { joinParts, Unknown, type Value } from "./value";

/** Names that an expression may refer to */
export interface Names {
  /** @param path behind the root; an unknown value yields an Unknown for its place */
  lookUp(root: string, path: Path): Value;
  /** Functions that read files, or depend on more than their arguments */
  callImpure(name: string, inputs: readonly Value[]): Value | undefined;
  readonly budget: Budget;
}

export function evaluate(expression: Expression, names: Names): Value {
  names.budget.spend();
  return names.budget.nested(() => valueOf(expression, names));
}

function valueOf(expression: Expression, names: Names): Value {
  const of = (each: Expression): Value => evaluate(each, names);
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template":
      return template(expression.parts, names);
    case "reference":
      return withPath(expression.steps, names, (path) => names.lookUp(expression.root, path), expression.root);
    case "access": {
      const value = of(expression.of);
      return withPath(
        expression.steps,
        names,
        (path) => valueAtPath(value, path, names.budget),
        describe(value, names.budget),
      );
    }
    case "object":
      return object(expression.items, names);
    case "tuple":
      return expression.items.map(of);
    case "call": {
      const inputs = expression.inputs.map(of);
      return names.callImpure(expression.name, inputs) ?? call(expression.name, inputs, names.budget);
    }
    case "operation":
      return operate(expression.operators, expression.operands.map(of), names.budget);
    case "conditional": {
      const condition = of(expression.condition);
      if (condition === true || condition === "true") return of(expression.then);
      if (condition === false || condition === "false") return of(expression.otherwise);
      return opaque("conditional", "?", [condition, of(expression.then), of(expression.otherwise)], names.budget);
    }
    case "opaque":
      return opaque(expression.what, expression.source, expression.inputs.map(of), names.budget);
  }
}

/** Unknown, and equal only to values with the same source and inputs */
function opaque(what: string, source: string, inputs: readonly Value[], budget: Budget): Unknown {
  budget.spend(source.length >> 5);
  return new Unknown(`${what}: ${source} ${describe(inputs, budget)}`);
}

function withPath(steps: readonly Step[], names: Names, use: (path: Path) => Value, start: string): Value {
  const path: (string | number)[] = [];
  for (const [position, step] of steps.entries()) {
    const key = typeof step === "object" ? evaluate(step, names) : step;
    if (typeof key !== "string" && typeof key !== "number") {
      const before = use(path);
      const rest = steps.slice(position).map((each) => (typeof each === "object" ? evaluate(each, names) : each));
      return opaque("index", start, [before, rest], names.budget);
    }
    path.push(key);
  }
  return use(path);
}

function template(parts: readonly (string | Expression)[], names: Names): Value {
  const [only] = parts;
  // A template of a single expression has the value of that expression, of any type.
  if (parts.length === 1 && typeof only === "object") return evaluate(only, names);
  const texts: (string | Unknown)[] = [];
  for (const part of parts) {
    if (typeof part === "string") texts.push(part);
    else texts.push(...textParts(evaluate(part, names), names.budget));
  }
  for (const text of texts) names.budget.spend(typeof text === "string" ? text.length >> 5 : 1);
  return joinParts(texts);
}

function object(items: readonly (readonly [Expression, Expression])[], names: Names): Value {
  const entries: [string, Value][] = [];
  const seen = new Set<string>();
  for (const [keyExpression, valueExpression] of items) {
    const key = evaluate(keyExpression, names);
    const value = evaluate(valueExpression, names);
    const text = typeof key === "number" || typeof key === "boolean" ? String(key) : key;
    if (typeof text !== "string" || seen.has(text)) {
      const all = items.map(([each, with_]) => [evaluate(each, names), evaluate(with_, names)]);
      return opaque("object", "=", all, names.budget);
    }
    seen.add(text);
    entries.push([text, value]);
  }
  return Object.fromEntries(entries);
}

/** Operators of one precedence; unary with one operand. Unknown unless every operand is known. */
function operate(operators: readonly string[], operands: readonly Value[], budget: Budget): Value {
  const result =
    operands.length === 1 ? unary(operators[0] as string, operands[0] as Value) : chain(operators, operands);
  return result ?? new Unknown(`operation: ${operators.join(" ")} ${describe(operands, budget)}`);
}

function unary(operator: string, operand: Value): Value | undefined {
  if (operator === "!" && typeof operand === "boolean") return !operand;
  if (operator === "-" && typeof operand === "number") return -operand;
  return undefined;
}

function chain(operators: readonly string[], operands: readonly Value[]): Value | undefined {
  let result: Value | undefined = operands[0];
  for (const [index, operator] of operators.entries()) {
    if (result === undefined) return undefined;
    result = binary(operator, result, operands[index + 1] as Value);
  }
  return result;
}

function binary(operator: string, left: Value, right: Value): Value | undefined {
  if (operator === "==" || operator === "!=") {
    const isEqual = equal(left, right);
    return isEqual === undefined ? undefined : isEqual === (operator === "==");
  }
  if (typeof left === "boolean" && typeof right === "boolean") {
    if (operator === "&&") return left && right;
    return operator === "||" ? left || right : undefined;
  }
  return typeof left === "number" && typeof right === "number" ? arithmetic(operator, left, right) : undefined;
}

function arithmetic(operator: string, left: number, right: number): Value | undefined {
  const compared = { "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right };
  if (Object.hasOwn(compared, operator)) return compared[operator as keyof typeof compared];
  const results: Readonly<Record<string, number>> = {
    "+": left + right,
    "-": left - right,
    "*": left * right,
    "/": left / right,
    "%": left % right,
  };
  const result = Object.hasOwn(results, operator) ? results[operator] : undefined;
  // Terraform's numbers have more digits than JavaScript's.
  return result !== undefined && Number.isSafeInteger(result) ? result : undefined;
}

/** Undefined if unknown, or if it depends on types */
function equal(left: Value, right: Value): boolean | undefined {
  if (left === null || right === null) return (left ?? right) instanceof Unknown ? undefined : left === right;
  return typeof left === typeof right && typeof left !== "object" ? left === right : undefined;
}
