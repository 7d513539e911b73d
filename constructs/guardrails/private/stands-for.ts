import type { Json } from "../../../domain";
import type { StackJson } from "../stack";
import { isObject, isReference } from "../value";
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

const EMBEDDED = /\$\{\s*(?:local|var)\.[\w-]+\s*\}/g;

/** A text with what the stack writes in place of the local values and variables in it */
export function withValues(text: string, stack: StackJson): string {
  return text.replace(EMBEDDED, (expression) => {
    const [value] = standsFor(expression, stack);
    return typeof value === "string" ? value : expression;
  });
}

/** All texts that an expression may have from local values and variables, by an index or a key too, and from those that they lead to */
export function textsBehind(text: string, stack: StackJson): readonly string[] {
  const [seen, found, waiting] = [new Set<string>(), new Set<string>(), [text]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isReference(next)) continue;
    for (const [expression] of next.matchAll(/\b(?:local|var)\.[\w-]+/g)) {
      if (seen.has(expression)) continue;
      seen.add(expression);
      for (const each of writtenAt(expression, stack).flatMap(textsIn)) {
        found.add(each);
        waiting.push(each);
      }
    }
  }
  return [...found];
}

function textsIn(json: Json | undefined): readonly string[] {
  if (typeof json === "string") return [json];
  if (Array.isArray(json)) return (json as readonly Json[]).flatMap(textsIn);
  return isObject(json) ? Object.values(json).flatMap(textsIn) : [];
}
