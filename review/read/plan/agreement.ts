import { affordable, Budget } from "../expression/budget";
import { decodeJson } from "../expression/value-text";
import {
  isObjectValue,
  isText,
  type ObjectValue,
  type PartialText,
  partsOf,
  Unknown,
  type Value,
} from "../expression/value";
import { isObject, type Json, type JsonObject, asList, member } from "../json";

/** Longer lists are compared in order only. */
const LONGEST_SET = 200;

/**
 * Whether a plan may have computed `planned` from the configuration.
 *
 * An unknown value agrees with any. Text that is JSON is compared as JSON; a list of one
 * agrees with its only member, and lists agree in any order, because the provider sorts sets.
 */
export function agrees(value: Value, planned: Json): boolean {
  return affordable(
    () => within(value, planned, { kind: "block", budget: new Budget() }),
    () => false,
  );
}

interface How {
  /** A block has additional members in the plan, set by the provider. JSON has the same members. */
  readonly kind: "block" | "json";
  readonly budget: Budget;
}

function within(value: Value, planned: Json, how: How): boolean {
  how.budget.spend();
  if (value instanceof Unknown || value === null) return true;
  if (isText(value)) return typeof planned === "string" ? textAgrees(value, planned, how) : value === String(planned);
  if (typeof value !== "object") return String(value) === String(planned);
  if (Array.isArray(value)) return listAgrees(value as readonly Value[], planned, how);
  if (Array.isArray(planned)) return planned.length === 1 && within(value, planned[0] as Json, how);
  return isObjectValue(value) && isObject(planned) && objectAgrees(value, planned, how);
}

function textAgrees(value: string | PartialText, planned: string, { budget }: How): boolean {
  const parts = partsOf(value);
  if (matches(parts, planned)) return true;
  if (!planned.startsWith("{")) return false;
  const [one, other] = [decodeJson(value), decodeJson(planned)];
  return one !== undefined && other !== undefined && within(one, other as Json, { kind: "json", budget });
}

/** The known parts in order, with any text between them */
function matches(parts: readonly (string | Unknown)[], text: string): boolean {
  const [first] = parts;
  const last = parts.at(-1);
  if (parts.length < 2 && typeof (first ?? "") === "string") return (first ?? "") === text;
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (typeof part !== "string") continue;
    const found = index === 0 ? (text.startsWith(part) ? 0 : -1) : text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return typeof last !== "string" || (text.endsWith(last) && at <= text.length);
}

function listAgrees(values: readonly Value[], planned: Json, how: How): boolean {
  const list = asList(planned);
  if (values.length !== list.length) return false;
  if (values.every((value, index) => within(value, list[index] as Json, how))) return true;
  if (values.length > LONGEST_SET) return false;
  const left = [...list];
  for (const value of values) {
    const index = left.findIndex((each) => within(value, each, how));
    if (index < 0) return false;
    left.splice(index, 1);
  }
  return true;
}

function objectAgrees(value: ObjectValue, planned: JsonObject, how: How): boolean {
  if (how.kind === "json" && Object.keys(planned).some((key) => !Object.hasOwn(value, key))) return false;
  return Object.entries(value).every(([key, each]) => {
    if (each === null || key === "//") return true;
    const other = member(planned, key);
    return other !== undefined && within(each, other, how);
  });
}
