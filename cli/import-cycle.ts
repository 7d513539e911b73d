import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** Imports that exist at run time, by relative path; type imports do not. */
const IMPORT = /^\s*(?:import|export)\s+(?!type\b)(?:[^"';]*?\bfrom\s+)?["'](\.[^"']*)["']/gm;

const ENDINGS = ["", ".ts", ".tsx", ".mts", ".cts", ".js", ".cjs", ".mjs", "/index.ts", "/index.js"];

/** The shortest way from a file over its imports back to itself: absolute paths, the first one last again. */
export function importCycle(file: string): readonly string[] | undefined {
  const seen = new Set<string>();
  let ways: readonly (readonly string[])[] = [[file]];
  while (ways.length > 0) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      for (const imported of importsOf(way.at(-1) as string)) {
        if (imported === file) return [...way, imported];
        if (seen.has(imported)) continue;
        seen.add(imported);
        next.push([...way, imported]);
      }
    }
    ways = next;
  }
  return undefined;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(IMPORT)].flatMap((match) => fileOf(resolve(dirname(file), match[1] as string)) ?? []);
}

function fileOf(path: string): string | undefined {
  const isFile = (name: string): boolean => statSync(name, { throwIfNoEntry: false })?.isFile() === true;
  return ENDINGS.map((ending) => path + ending).find(isFile);
}
