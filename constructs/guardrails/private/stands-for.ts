import type { Json } from "../../../domain";
import type { StackJson } from "../stack";
import { writtenAt } from "./written-at";

const VALUE = /^\$\{\s*((?:local|var)\.[\w-]+)\s*\}$/;

/** What the stack writes for a text that is a local value or a variable, and for those that it leads to; the text itself, if it is neither */
export function standsFor(text: string, stack: StackJson, seen: readonly string[] = []): readonly Json[] {
  const expression = VALUE.exec(text)?.[1];
  if (expression === undefined) return [text];
  if (seen.includes(expression)) return [];
  return writtenAt(expression, stack).flatMap((written) => {
    if (written === undefined) return [];
    return typeof written === "string" ? standsFor(written, stack, [...seen, expression]) : [written];
  });
}
