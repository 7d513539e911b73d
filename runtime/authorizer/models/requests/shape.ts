import { isRecord } from "../../../../domain/is-record";
import type { ModelFeature } from "../../../../domain";
import type { Value } from "../../../json";

/** What keeps a request from going out */
export interface Problem {
  /** Of the value within the body, such as `messages[0].content[1].type` */
  readonly path: string;
  readonly what: string;
  /** Feature that the action would have to allow; undefined if none would help */
  readonly feature?: ModelFeature;
}

/** Validates a value: anything not named is refused. Undefined if it is valid. */
export type Shape = (value: Value, path: string, allows: readonly ModelFeature[]) => Problem | undefined;

type Kind = "list" | "null" | "object" | "text" | "value";

/** Free form, which a provider does not act on: a schema, or the arguments of the agent's own tool */
export const free: Shape = () => undefined;

/** A text, number, truth value or null */
export const scalar: Shape = (value, path) =>
  typeof value === "object" && value !== null ? { path, what: "must be no object or list" } : undefined;

export const flag: Shape = only(true, false, null);

export function only(...values: readonly (boolean | number | string | null)[]): Shape {
  return (value, path) =>
    (values as readonly Value[]).includes(value)
      ? undefined
      : { path, what: `must be ${values.map((one) => JSON.stringify(one)).join(" or ")}` };
}

export function listOf(each: Shape): Shape {
  return (value, path, allows) => {
    if (!Array.isArray(value)) return { path, what: "must be a list" };
    return firstOf((value as readonly Value[]).map((item, index) => () => each(item, `${path}[${index}]`, allows)));
  };
}

export function mapOf(each: Shape): Shape {
  return (value, path, allows) => {
    if (!isRecord(value)) return { path, what: "must be an object" };
    return firstOf(
      Object.entries(value).map(
        ([name, item]) =>
          () =>
            each(item as Value, at(path, name), allows),
      ),
    );
  };
}

/** An object with these members only. @param required members without which it could be read as something else */
export function objectOf(members: Readonly<Record<string, Shape>>, required: readonly string[] = []): Shape {
  return (value, path, allows) => {
    if (!isRecord(value)) return { path, what: "must be an object" };
    const missing = required.find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) return { path: at(path, missing), what: "is missing" };
    return firstOf(
      Object.entries(value).map(([name, item]) => () => {
        const shape = Object.hasOwn(members, name) ? members[name] : undefined;
        if (shape === undefined) return { path: at(path, name), what: "is a member that the gateway does not know" };
        return shape(item as Value, at(path, name), allows);
      }),
    );
  };
}

/** By the kind of its JSON; of `value`, which are numbers and truth values, as of texts where only these are named */
export function byKind(shapes: Readonly<Partial<Record<Kind, Shape>>>): Shape {
  return (value, path, allows) => {
    const shape = shapes[kindOf(value)];
    if (shape !== undefined) return shape(value, path, allows);
    return { path, what: `must be ${Object.keys(shapes).join(" or ")}` };
  };
}

/** An object by what one of its members says. @param absent what it is where the member is not there */
export function byMember(member: string, shapes: Readonly<Record<string, Shape>>, absent?: Shape): Shape {
  return (value, path, allows) => {
    if (!isRecord(value)) return { path, what: "must be an object" };
    if (!Object.hasOwn(value, member) && absent !== undefined) return absent(value, path, allows);
    const says = Object.hasOwn(value, member) ? value[member] : undefined;
    const shape = typeof says === "string" && Object.hasOwn(shapes, says) ? shapes[says] : undefined;
    if (shape !== undefined) return shape(value, path, allows);
    const told = says === undefined ? "is missing" : `is ${short(says as Value)}, which the gateway does not know`;
    return { path: at(path, member), what: told };
  };
}

/** A member that acts at the provider, or makes it fetch or store something. @param harmless values without effect */
export function needs(
  feature: ModelFeature,
  shape: Shape = free,
  ...harmless: readonly (boolean | string | null)[]
): Shape {
  return (value, path, allows) => {
    if ((harmless as readonly Value[]).includes(value)) return undefined;
    if (!allows.includes(feature))
      return { path, what: `needs "${feature}", which the action does not allow`, feature };
    return shape(value, path, allows);
  };
}

/** One shape for several names */
export function all(names: readonly string[], shape: Shape): Readonly<Record<string, Shape>> {
  return Object.fromEntries(names.map((name) => [name, shape]));
}

/** An address that the provider fetches, or data in the form of one (RFC 2397) */
export const addressOrData: Shape = (value, path, allows) => {
  const isData = typeof value === "string" && /^data:/i.test(value);
  return needs(isData ? "media-inputs" : "url-inputs", scalar, null)(value, path, allows);
};

/** Inline data: a data URL (RFC 2397) or base64 (RFC 4648 section 4), so the provider fetches nothing */
export const data: Shape = (value, path) => {
  if (value === null) return undefined;
  const text = typeof value === "string" ? value : ":";
  const isBase64 = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return isBase64 || /^data:/i.test(text) ? undefined : { path, what: "must be a data: address or base64" };
};

/**
 * A self-contained item. An item with an id that is not self-contained could refer to one that the provider stores
 * under that id. SDKs send the items of an answer back with their ids, so an id alone is allowed.
 *
 * @param whole members that make it self-contained: none of them null, an empty text or an empty list
 */
export function standing(shape: Shape, ...whole: readonly string[]): Shape {
  return (value, path, allows) => {
    const problem = shape(value, path, allows);
    if (problem !== undefined || !isRecord(value) || allows.includes("previous-responses")) return problem;
    if (!Object.hasOwn(value, "id") || value.id === null) return undefined;
    return saying(value, path, whole);
  };
}

/** Like {@link standing}, for an item that means nothing without these members, with or without an id */
export function saysBy(shape: Shape, ...whole: readonly string[]): Shape {
  return (value, path, allows) => {
    const problem = shape(value, path, allows);
    if (problem !== undefined || !isRecord(value) || allows.includes("previous-responses")) return problem;
    return saying(value, path, whole);
  };
}

function saying(value: Readonly<Record<string, unknown>>, path: string, whole: readonly string[]): Problem | undefined {
  const feature = "previous-responses";
  const empty = whole.find((name) => !Object.hasOwn(value, name) || isEmpty(value[name]));
  if (empty === undefined) return undefined;
  const what = `is missing or empty, so the item stands for one that the provider keeps: that needs "${feature}", which the action does not allow`;
  return { path: at(path, empty), what, feature };
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function at(path: string, name: string): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : undefined;
  if (plain === undefined) return `${path}[${short(name)}]`;
  return path === "" ? plain : `${path}.${plain}`;
}

const MOST_SHOWN = 64;

function short(value: Value): string {
  const text = JSON.stringify(value);
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

function kindOf(value: Value): Kind {
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "object" : typeof value === "string" ? "text" : "value";
}

function firstOf(checks: readonly (() => Problem | undefined)[]): Problem | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}
