import { readFileSync } from "node:fs";

/** A subpath of the package's `exports` that has types */
export interface EntryPoint {
  /** As its report is called: the subpath with hyphens for slashes */
  readonly name: string;
  /** Path of its declarations, below the folder of all */
  readonly declarations: string;
}

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

/**
 * @param manifest path of a package.json whose declarations lie below `./dist`
 * @param main name of the entry point without a subpath
 */
export function entryPoints(manifest: string, main: string): readonly EntryPoint[] {
  const { exports } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
  return Object.entries(exports).flatMap(([subpath, target]) =>
    typeof target === "string"
      ? []
      : [
          {
            name: subpath === "." ? main : subpath.replace("./", "").replaceAll("/", "-"),
            declarations: target.types.replace("./dist/", ""),
          },
        ],
  );
}
