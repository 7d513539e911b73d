import type { Value } from "../json";

/** What JSON would leave out or change, and where */
interface Other {
  readonly value: unknown;
  readonly path: string;
}

/**
 * The value as JSON that says all of it.
 *
 * @throws TypeError if JSON would leave something out or change it
 */
export function jsonOf(value: Value): string {
  const other = otherIn(value);
  if (other !== undefined) throw noJson(other);
  return JSON.stringify(value);
}

function otherIn(value: unknown): Other | undefined {
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return undefined;
  if (typeof value !== "object") return { value, path: "" };
  // A hole of an array is seen by index only.
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const other = otherIn(value[index]);
      if (other !== undefined) return { value: other.value, path: `[${index}]${other.path}` };
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return { value, path: "" };
  for (const name of Object.keys(value)) {
    const other = otherIn((value as Readonly<Record<string, unknown>>)[name]);
    if (other !== undefined) return { value: other.value, path: `.${name}${other.path}` };
  }
  return undefined;
}

function noJson({ value, path }: Other): TypeError {
  const kind = typeof value === "object" ? `a ${value?.constructor?.name ?? "strange object"}` : String(value);
  return new TypeError(
    `a value${path === "" ? "" : ` at ${path}`} must be JSON, got ${kind}: leave it out, or write null`,
  );
}
