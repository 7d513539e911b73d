import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { librariesOf } from "./oci/libraries";

/** Something in an image that others made, and what it is called where it comes from */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** Package URL (ECMA-427) */
  readonly purl: string;
  /** SPDX expression, or what its package says instead @default - not known */
  readonly license?: string;
}

/** npm packages in a bundle, by its input files */
export function npmParts(root: string, inputs: readonly string[]): readonly Part[] {
  const folders = new Set(
    inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []),
  );
  return [...folders].sort().map((folder) => {
    const text = readFileSync(join(root, folder, "package.json"), "utf8");
    const { name, version, license } = JSON.parse(text) as Record<"name" | "version" | "license", unknown>;
    return {
      name: String(name),
      version: String(version),
      purl: `pkg:npm/${String(name).replace("@", "%40")}@${version}`,
      ...(typeof license === "string" ? { license } : {}),
    };
  });
}

/**
 * Go modules of a program, from its build information; empty if it is not a Go program
 *
 * @throws Error without Go on this machine: otherwise the bill of materials would silently lack them
 */
export function goParts(program: string): readonly Part[] {
  let said: string;
  try {
    said = execFileSync("go", ["version", "-m", program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    if (typeof (error as { readonly status?: unknown }).status === "number") return [];
    throw new Error(`the modules of ${program} are not known: install go`, { cause: error });
  }
  const go = /: go(\S+)/.exec(said)?.[1] ?? "";
  const modules: Part[] = [];
  for (const line of said.split("\n")) {
    const [, kind, name = "", version = ""] = line.split("\t");
    // What takes a module's place stands behind it.
    if (kind === "=>") modules.pop();
    if (kind === "mod" || kind === "dep" || kind === "=>") modules.push(goModule(name, version));
  }
  return [
    { name: "go", version: go, purl: `pkg:golang/stdlib@${go}` },
    ...modules.filter(({ version }) => version !== ""),
  ];
}

function goModule(name: string, version: string): Part {
  // A program of this repository has no version but that of the repository.
  return { name, version: version === "(devel)" ? "" : version, purl: `pkg:golang/${name}@${version}` };
}

/** Packages of the system whose libraries a program loads, as dpkg knows them; a library that it does not know is named by its file */
export function libraryParts(program: string): readonly Part[] {
  const libraries = librariesOf(program).map((library) => ({ library, owner: ownerOf(library) }));
  const owners = new Set(libraries.flatMap(({ owner }) => owner ?? []));
  const packages = new Map([...owners].map((owner) => [owner, debianPart(owner)]));
  return libraries.map(({ library, owner = "" }) => packages.get(owner) ?? fileOf(library));
}

function debianPart(owner: string): Part | undefined {
  const [version, source] = dpkg(["--show", "--showformat", "${Version}\t${source:Package}", owner])?.split("\t") ?? [];
  if (version === undefined) return undefined;
  const name = owner.split(":")[0] as string;
  const purl = `pkg:deb/${distribution()}/${name}@${encodeURIComponent(version)}?upstream=${source}`;
  return { name, version, purl };
}

function fileOf(library: string): Part {
  const name = basename(library);
  return { name, version: "", purl: `pkg:generic/${encodeURIComponent(name)}` };
}

/** Such as `debian` or `ubuntu` (os-release(5)) */
function distribution(): string {
  const [, id = "debian"] = /^ID="?([a-z0-9._-]+)"?$/m.exec(readFileSync("/etc/os-release", "utf8")) ?? [];
  return id;
}

function ownerOf(library: string): string | undefined {
  // Since /lib is a link to /usr/lib, dpkg knows a file by either.
  const paths = [library, realpathSync(library), library.replace(/^\/usr/, ""), `/usr${library}`];
  for (const path of paths) {
    const owner = dpkg(["--search", path])?.split(": ")[0];
    if (owner !== undefined && !owner.startsWith("diversion")) return owner.split(", ")[0];
  }
  return undefined;
}

function dpkg(args: readonly string[]): string | undefined {
  try {
    return execFileSync("dpkg-query", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
