import { isDeepStrictEqual } from "node:util";

/** Noon of 2026-12-01 UTC, in seconds since the epoch: when the requests of the bases are made */
export const NOON = 1_796_126_400;

/** What stands at a path of keys afterwards: a value, `{"$delete": true}`, or `{"$add": value}` where nothing stands yet */
export type Edit = readonly [path: readonly string[], value: unknown];

type Node = Record<string, unknown>;

/**
 * A copy of the value with the edits made, in their order.
 *
 * @throws Error for a path that is not there, and for an edit that changes nothing
 */
export function edited<T>(value: T, edits: readonly Edit[], where: string): T {
  const copy = structuredClone(value);
  for (const edit of edits) make(copy, edit, where);
  return copy;
}

/**
 * A value with its special objects read, each of which has one key:
 *
 * - `{"$time": seconds}` is that much after {@link NOON};
 * - `{"$text": {"times": n, "of": text}}` and `{"$list": {"times": n, "of": text}}` are long, and so is the map
 *   `{"$map": {"times": n, "to": value}}` by `entry-0`, `entry-1` and so on; `#` in a list's text is the number of the entry.
 */
export function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read);
  if (!isNode(value)) return value;
  if ("$time" in value) return NOON + (value["$time"] as number);
  if ("$text" in value) return (value["$text"] as Repeated).of.repeat((value["$text"] as Repeated).times);
  if ("$list" in value) return numbered(value["$list"] as Repeated);
  if ("$map" in value) {
    const { times, to } = value["$map"] as { readonly times: number; readonly to: unknown };
    return Object.fromEntries(numbered({ times, of: "entry-#" }).map((key) => [key, to]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, read(entry)]));
}

interface Repeated {
  readonly times: number;
  readonly of: string;
}

function numbered({ times, of }: Repeated): readonly string[] {
  return Array.from({ length: times }, (_, index) => of.replace("#", `${index}`));
}

function make(root: unknown, [path, edit]: Edit, where: string): void {
  const place = path.join("/");
  const parent = path.slice(0, -1).reduce(own, root);
  const key = path.at(-1) as string;
  const adds = isNode(edit) && "$add" in edit;
  const there = typeof parent === "object" && parent !== null && Object.hasOwn(parent, key);
  if (there && adds) throw new Error(`${where}: ${place} is there already: write the value without $add`);
  if (!there && !adds) throw new Error(`${where}: ${place} is not there: correct the path, or write {"$add": value}`);
  if (typeof parent !== "object" || parent === null) throw new Error(`${where}: ${place} has nothing to be added to`);
  if (isNode(edit) && "$delete" in edit) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete (parent as Node)[key];
    return;
  }
  const value = read(adds ? edit["$add"] : edit);
  if (there && isDeepStrictEqual((parent as Node)[key], value)) {
    throw new Error(`${where}: ${place} is ${JSON.stringify(value)} already: leave the edit out`);
  }
  // Not by assignment, which reads the key __proto__ as something else.
  Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true });
}

function own(node: unknown, key: string): unknown {
  return typeof node === "object" && node !== null && Object.hasOwn(node, key) ? (node as Node)[key] : undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
