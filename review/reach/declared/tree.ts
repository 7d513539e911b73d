import type { Problem } from "./read-registry";

const DEEPEST = 100;

/**
 * What must hold before any schema sees a document: schemas skip the key `__proto__` in a map of names, and comparing
 * goes down as far as it is nested.
 */
export function treeProblem(document: unknown): Problem | undefined {
  const open: { readonly value: unknown; readonly path: Path | undefined; readonly depth: number }[] = [
    { value: document, path: undefined, depth: 0 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path, depth } = next;
    if (typeof value !== "object" || value === null) continue;
    if (depth > DEEPEST) return { path: keysOf(path), why: `nested deeper than ${DEEPEST}: nothing reads that far` };
    for (const [key, inner] of Object.entries(value)) {
      const here = { key, above: path };
      if (key === "__proto__") return { path: keysOf(here), why: "no such key is known: leave it out" };
      open.push({ value: inner, path: here, depth: depth + 1 });
    }
  }
  return undefined;
}

interface Path {
  readonly key: string;
  readonly above: Path | undefined;
}

function keysOf(path: Path | undefined): readonly string[] {
  const keys: string[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.unshift(at.key);
  return keys;
}
