import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./sources";

/** Folders of the packages, from the root */
export const PACKAGES = [".", "client/typescript"] as const;

export type PackageFolder = (typeof PACKAGES)[number];

/** Of `package.json`, what tests read */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function manifestOf(folder: PackageFolder): Manifest {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;
}

/** Source file of each subpath of a package, such as `ambit/stacks`, from the root */
export function subpathsOf(folder: PackageFolder): Readonly<Record<string, string>> {
  const { name, exports } = manifestOf(folder);
  return Object.fromEntries(
    Object.entries(exports).flatMap(([subpath, entry]) =>
      typeof entry === "string"
        ? []
        : [[join(name, subpath), join(folder, entry.default.replace("./dist/", "").replace(/\.js$/, ".ts"))]],
    ),
  );
}

export function entriesOf(folder: PackageFolder): readonly string[] {
  return Object.values(subpathsOf(folder));
}
