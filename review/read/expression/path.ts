import type { Budget } from "./budget";
import { describe } from "./value-text";
import { isObjectValue, Unknown, type Value } from "./value";

/** `.name`, `["name"]` and `[0]`, all with known keys */
export type Path = readonly (string | number)[];

/** The value at a path within a known value */
export function valueAtPath(value: Value, path: Path, budget: Budget): Value {
  let current = value;
  for (const [position, key] of path.entries()) {
    if (current instanceof Unknown) return new Unknown(`${current.symbol}${pathText(path.slice(position))}`);
    const next = at(current, key);
    if (next === undefined) return new Unknown(`nothing at ${pathText(path)} of ${describe(value, budget)}`);
    current = next;
  }
  return current;
}

function at(value: Value, key: string | number): Value | undefined {
  if (Array.isArray(value)) return (value as readonly Value[])[Number(key)];
  if (!isObjectValue(value)) return undefined;
  if (Object.hasOwn(value, key)) return value[key];
  // A repeatable block that occurs once is written as an object.
  return key === 0 ? value : undefined;
}

export function pathText(path: Path): string {
  return path
    .map((key) => {
      if (typeof key === "number") return `[${key}]`;
      return /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    })
    .join("");
}
