import type { StackJson } from "../../constructs/guardrails/stack";
import { isCertain } from "./certain";

const EXPRESSION = /(?<!\$)\$\{([^}]*)\}/g;

/** A resource or data source that an expression names. Types of providers have a `_`; `each.key` and `var.x` have none. */
const NAMED = /(?<![\w.])((?:data\.)?[a-z][a-z0-9]*_\w+\.[A-Za-z_][\w-]*)/g;

/** Whether all that the expressions of a text name is in its stack: otherwise Terraform plans nothing of it. */
export function namesKnown(text: string, stack: StackJson): boolean {
  if (!text.includes("${")) return true;
  for (const [, expression = ""] of text.matchAll(EXPRESSION)) {
    for (const [, name = ""] of expression.matchAll(NAMED)) {
      const block = stack.at(name);
      if (block === undefined || !isCertain(block)) return false;
    }
  }
  return true;
}
