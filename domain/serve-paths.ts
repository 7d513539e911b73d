import { type ErrorCode, refuse, shown } from "./errors";
import { plainString } from "./plain";
import type { WayFacts } from "./serve";

/** As many as a reviewer reads, and a route has room for */
const MOST_PATHS = 32;
const PATH = /^\/(?:[A-Za-z0-9._~-]+\/)*(?:[A-Za-z0-9._~-]+)?$/;

/** One path, or all below one */
export interface ServedPath {
  readonly path: string;
  readonly isWhole: boolean;
}

/** What callers may ask for: JSON-RPC of A2A has one path, HTTP+JSON all below it, and an HTTP path that ends in a slash all below it. */
export function placesOf({ kind, paths, bindings = ["JSONRPC"] }: Served): readonly ServedPath[] {
  if (kind === "http") return paths.map((path) => ({ path, isWhole: !path.endsWith("/") }));
  return paths.flatMap((path) => [
    ...(bindings.includes("JSONRPC") ? [{ path, isWhole: true }] : []),
    ...(bindings.includes("HTTP+JSON") ? [{ path: path.replace(/\/?$/, "/"), isWhole: false }] : []),
  ]);
}

type Served = Pick<WayFacts, "kind" | "paths"> & Partial<Pick<WayFacts, "bindings">>;

/** Whether a request for this path is taken */
export function isServedAt(way: Served, path: string): boolean {
  return placesOf(way).some((place) => isWithin({ path, isWhole: true }, place));
}

/** Two paths to which one request may go */
export function overlapOf(
  served: readonly ServedPath[],
  others: readonly ServedPath[],
): readonly [string, string] | undefined {
  for (const one of served) {
    const other = others.find((each) => isWithin(one, each) || isWithin(each, one));
    if (other !== undefined) return [one.path, other.path];
  }
  return undefined;
}

/** @throws DeclarationError `serving.malformed`, `serving.overlap` */
export function pathsOf(paths: unknown, where: string): readonly string[] {
  if (!Array.isArray(paths) || paths.length === 0 || paths.length > MOST_PATHS) {
    const got = Array.isArray(paths) ? `${paths.length} of them` : shown(paths);
    const fix = `write ["/"] for all that the agent answers`;
    refuse("serving.malformed", where, `paths must list 1 to ${MOST_PATHS} paths, got ${got}: ${fix}`);
  }
  const sound = paths.map((path) => pathOf(path, where, "paths"));
  for (const [index, path] of sound.entries()) {
    const before = placesOf({ kind: "http", paths: sound.slice(0, index) });
    const overlap = overlapOf(placesOf({ kind: "http", paths: [path] }), before);
    if (overlap !== undefined) {
      const sentence = `path ${shown(overlap[0])} overlaps with ${shown(overlap[1])}`;
      refuse("serving.overlap", where, `${sentence}: write the one that has the other below it`);
    }
  }
  return sound;
}

/** Written in one way alone: what is decoded, shortened or split differently elsewhere would be another path there. */
export function pathOf(value: unknown, where: string, property: string, code: ErrorCode = "serving.malformed"): string {
  const path = plainString(value, where, property, code);
  if (!PATH.test(path) || path.split("/").some((segment) => segment === "." || segment === "..")) {
    const what = `${property} must be a path of letters, digits, "-", ".", "_", "~" and single slashes`;
    const fix = `write one such as "/chat", or "/threads/" for all below it`;
    refuse(code, where, `${what}, got ${shown(path)}: ${fix}`);
  }
  return path;
}

/** Whether every caller that may request `other` may request this path */
export function isWithin({ path, isWhole }: ServedPath, other: ServedPath): boolean {
  return other.isWhole ? isWhole && path === other.path : path.startsWith(other.path);
}
