import type { Budget } from "./budget";
import { describe } from "./encode";
import { Unknown, type Value } from "./value";

/** Operators of one precedence; unary with one operand. Unknown unless every part is known. */
export function operate(operators: readonly string[], operands: readonly Value[], budget: Budget): Value {
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
  // Terraform's numbers are longer than ours.
  return result !== undefined && Number.isSafeInteger(result) ? result : undefined;
}

/** Undefined where that is not known, or depends on types */
function equal(left: Value, right: Value): boolean | undefined {
  if (left === null || right === null) return (left ?? right) instanceof Unknown ? undefined : left === right;
  return typeof left === typeof right && typeof left !== "object" ? left === right : undefined;
}
