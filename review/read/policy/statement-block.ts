import {
  isObjectValue,
  isText,
  type ObjectValue,
  PartialText,
  partsOf,
  Unknown,
  type Value,
} from "../expression/value";

/** The blocks or values of an argument: none, one or several */
export function listOf(value: Value | undefined, name: string): readonly Value[] {
  if (value === undefined || value === null) return [];
  if (value instanceof Unknown || isText(value)) throw new Problem(`${name} is not known`);
  return Array.isArray(value) ? (value as readonly Value[]) : [value];
}

/** A statement block as the statement of a policy */
export function statementOf(block: Value): ObjectValue {
  if (!isObjectValue(block)) throw new Problem("a statement is not known");
  if (Object.hasOwn(block, "dynamic")) throw new Problem("a statement has dynamic blocks");
  const given = (name: string): Value | undefined =>
    Object.hasOwn(block, name) ? (block[name] ?? undefined) : undefined;
  const entries: readonly (readonly [string, Value | undefined])[] = [
    ["Sid", given("sid") === "" ? undefined : given("sid")],
    ["Effect", given("effect") ?? "Allow"],
    ["Action", strings(given("actions"), "actions", asWritten)],
    ["NotAction", strings(given("not_actions"), "not_actions", asWritten)],
    ["Resource", strings(given("resources"), "resources", withVariables)],
    ["NotResource", strings(given("not_resources"), "not_resources", withVariables)],
    ["Principal", principals(given("principals"), "principals")],
    ["NotPrincipal", principals(given("not_principals"), "not_principals")],
    ["Condition", conditions(given("condition"))],
  ];
  return Object.fromEntries(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

function strings(
  value: Value | undefined,
  name: string,
  written: (text: Value) => Value,
): readonly Value[] | undefined {
  const list = listOf(value, name).map((each) => {
    if (!isText(each) && !(each instanceof Unknown)) throw new Problem(`${name} holds what is no text`);
    return written(each);
  });
  return list.length === 0 ? undefined : list;
}

function principals(value: Value | undefined, name: string): Value | undefined {
  const types = new Map<string, Value[]>();
  for (const block of listOf(value, name)) {
    const type = isObjectValue(block) ? block["type"] : undefined;
    if (!isObjectValue(block) || typeof type !== "string") throw new Problem(`a type of ${name} is not known`);
    addTo(types, type, strings(block["identifiers"], "identifiers", withVariables));
  }
  if (types.size === 0) return undefined;
  const anyPrincipal = types.get("*");
  return types.size === 1 && anyPrincipal?.length === 1 && anyPrincipal[0] === "*" ? "*" : Object.fromEntries(types);
}

function conditions(value: Value | undefined): Value | undefined {
  const tests = new Map<string, Map<string, Value[]>>();
  for (const block of listOf(value, "condition")) {
    const { test = null, variable = null, values } = isObjectValue(block) ? block : {};
    if (typeof test !== "string" || typeof variable !== "string") {
      throw new Problem("the test or the variable of a condition is not known");
    }
    const keys = tests.get(test) ?? new Map<string, Value[]>();
    tests.set(test, keys);
    addTo(keys, variable, strings(values, "values", withVariables));
  }
  if (tests.size === 0) return undefined;
  return Object.fromEntries([...tests].map(([test, keys]) => [test, Object.fromEntries(keys)]));
}

/** Adds in place: a statement may have many blocks of one key. */
function addTo(map: Map<string, Value[]>, key: string, values: readonly Value[] = []): void {
  const list = map.get(key) ?? [];
  map.set(key, list);
  for (const value of values) list.push(value);
}

function asWritten(text: Value): Value {
  return text;
}

/** `&{…}` is this data source's syntax for policy variables. */
function withVariables(text: Value): Value {
  if (!isText(text)) return text;
  const parts = partsOf(text).map((part) => (typeof part === "string" ? part.replaceAll("&{", "${") : part));
  const [only] = parts;
  return parts.length === 1 && typeof only === "string" ? only : new PartialText(parts);
}

/** Why a policy cannot be read, as the end of a sentence */
export class Problem extends Error {}
