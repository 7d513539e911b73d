import type { Value } from "./store";

/**
 * The value as JSON that says all of it.
 *
 * @throws TypeError where JSON would leave something out or change it
 */
export function jsonOf(value: Value): string {
  refuseOthers(value, "");
  return JSON.stringify(value);
}

function refuseOthers(value: unknown, path: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (typeof value !== "object") throw noJson(value, path);
  // A hole of an array is seen by index only.
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) refuseOthers(value[index], `${path}[${index}]`);
    return;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw noJson(value, path);
  for (const [name, member] of Object.entries(value)) refuseOthers(member, `${path}.${name}`);
}

function noJson(value: unknown, path: string): TypeError {
  const kind = typeof value === "object" ? `a ${value?.constructor?.name ?? "strange object"}` : String(value);
  return new TypeError(
    `a value${path === "" ? "" : ` at ${path}`} must be JSON, got ${kind}: leave it out, or write null`,
  );
}
