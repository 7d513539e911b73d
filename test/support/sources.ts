import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** The repository */
export const ROOT = resolve(__dirname, "../..");

const IMPORT = /^(?:import|export)\b[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\b(?:require|import)\("([^"]+)"\)/gm;

/** A file of TypeScript, as its text says it */
export interface SourceFile {
  /** Relative to the repository, with forward slashes */
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  /** What it imports, as it is written */
  readonly imports: readonly string[];
}

export function sourcesBelow(folder: string): readonly SourceFile[] {
  const path = join(ROOT, folder);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
    .map((file) => sourceFile(`${folder}/${file}`));
}

export function sourceFile(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), "utf8");
  const imports = [...text.matchAll(IMPORT)].map(([, from, alone, called]) => from ?? alone ?? called ?? "");
  return { path, folder: path.split("/")[0] as string, text, imports };
}

/** What it imports of the repository, as paths without extension */
export function relativeImports(file: SourceFile): readonly string[] {
  return file.imports.filter((specifier) => specifier.startsWith(".")).map((specifier) => target(file, specifier));
}

/** Every file of these that is loaded with that one: at once, or `later`, where it is needed */
export function loadedWith(path: string, files: readonly SourceFile[], later = false): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const found = new Set<string>();
  const visit = (file: SourceFile | undefined): void => {
    if (file === undefined || found.has(file.path)) return;
    found.add(file.path);
    for (const specifier of valuesOf(file, later)) {
      const name = target(file, specifier);
      visit(byPath.get(`${name}.ts`) ?? byPath.get(`${name}/index.ts`));
    }
  };
  visit(byPath.get(path));
  return [...found];
}

/** What it imports that is there when it runs: no types */
function valuesOf({ text }: SourceFile, later: boolean): readonly string[] {
  const atOnce = text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s*"(\.[^"]+)"/gm);
  const whenNeeded = later ? text.matchAll(/\bimport\("(\.[^"]+)"\)/g) : [];
  return [...atOnce, ...whenNeeded].map(([, specifier = ""]) => specifier);
}

function target(file: SourceFile, specifier: string): string {
  return relative(ROOT, resolve(ROOT, dirname(file.path), specifier))
    .split("\\")
    .join("/");
}
