import type { Problem } from "./problem";

const DEEPEST = 100;

/**
 * What must hold before any schema sees a document: schemas skip the key `__proto__` in a map of names, and comparing
 * goes down as far as it is nested.
 */
export function treeProblem(value: unknown, depth = 0): Problem | undefined {
  if (!isTree(value)) return undefined;
  if (depth > DEEPEST) return { path: [], why: `nested deeper than ${DEEPEST}: nothing reads that far` };
  for (const key of Object.keys(value)) {
    const problem =
      key === "__proto__"
        ? { path: [], why: "no such key is known: leave it out" }
        : treeProblem(value[key], depth + 1);
    if (problem !== undefined) return { path: [key, ...problem.path], why: problem.why };
  }
  return undefined;
}

/** An object, or a list, whose keys are its places */
export function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
