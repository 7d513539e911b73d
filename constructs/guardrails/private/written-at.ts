import type { Json } from "../../../domain";
import type { StackJson } from "../stack";
import { isObject, listOf } from "../value";

/** What an expression begins with: a block's address, and an attribute of it */
const BEGIN = /^(?:(local)|(var)|((?:data\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)(?:\[[^\]]*\])?)\.([A-Za-z_][\w-]*)/;

/** What the stack writes where an expression reads: a local value, the default of a variable, or an attribute of a resource or data source */
export function writtenAt(expression: string, stack: StackJson): readonly (Json | undefined)[] {
  const [, local, variable, address = "", name = ""] = BEGIN.exec(expression) ?? [];
  if (local !== undefined)
    return stack.locals.flatMap((each) => (isObject(each) && Object.hasOwn(each, name) ? [each[name]] : []));
  if (variable !== undefined) return [stack.at(`variable.${name}`)?.body["default"]];
  const body = stack.at(address)?.body;
  return body !== undefined && Object.hasOwn(body, name) ? [body[name]] : [];
}

/** Whether an expression stands for a text with a wildcard, as far as the stack writes what it reads */
export function readsWildcard(expression: string, stack: StackJson, seen: readonly string[] = []): boolean {
  if (seen.includes(expression)) return false;
  return textsIn(writtenAt(expression, stack)).some(
    (text) =>
      /[*?]/.test(text.replace(/\$\{[^{}]*\}/g, "")) ||
      [...text.matchAll(/\$\{([^{}]*)\}/g)].some(([, inner]) =>
        readsWildcard((inner as string).trim(), stack, [...seen, expression]),
      ),
  );
}

function textsIn(json: Json | undefined | readonly (Json | undefined)[]): readonly string[] {
  if (typeof json === "string") return [json];
  if (Array.isArray(json)) return (json as readonly Json[]).flatMap(textsIn);
  return isObject(json) ? Object.values(json).flatMap((each) => listOf(each).flatMap(textsIn)) : [];
}
