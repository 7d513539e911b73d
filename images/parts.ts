import { execFileSync } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
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

/** Packages of npm of which a bundle holds something, by the files that went into it */
export function npmParts(root: string, inputs: readonly string[]): readonly Part[] {
  const folders = new Set(
    inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []),
  );
  return [...folders].sort().map((folder) => {
    const text = readFileSync(join(root, folder, "package.json"), "utf8");
    const { name, version, license } = JSON.parse(text) as Record<"name" | "version" | "license", unknown>;
    const [, scope, bare] = /^(?:(@[^/]+)\/)?(.+)$/.exec(String(name)) as unknown as readonly [
      string,
      string?,
      string?,
    ];
    const path = scope === undefined ? bare : `${encodeURIComponent(scope)}/${bare}`;
    return {
      name: String(name),
      version: String(version),
      purl: `pkg:npm/${path}@${version}`,
      ...(typeof license === "string" ? { license } : {}),
    };
  });
}

/** Modules that a program of Go was built from, as the program itself says; none if it is no program of Go */
export function goParts(program: string): readonly Part[] {
  let said: string;
  try {
    said = execFileSync("go", ["version", "-m", program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return [];
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

/** Packages of the system whose libraries a program loads, as dpkg knows them; none where there is no dpkg */
export function libraryParts(program: string): readonly Part[] {
  const packages = new Set(librariesOf(program).flatMap(owners));
  return [...packages].sort().flatMap((name) => {
    const [version, source] =
      dpkg(["--show", "--showformat", "${Version}\t${source:Package}", name])?.split("\t") ?? [];
    if (version === undefined) return [];
    const bare = name.split(":")[0] as string;
    return [{ name: bare, version, purl: `pkg:deb/debian/${bare}@${encodeURIComponent(version)}?upstream=${source}` }];
  });
}

function owners(library: string): readonly string[] {
  // Since /lib is a link to /usr/lib, dpkg knows a file by either.
  const paths = [library, realpathSync(library), library.replace(/^\/usr/, ""), `/usr${library}`];
  for (const path of paths) {
    const owner = dpkg(["--search", path])?.split(": ")[0];
    if (owner !== undefined && !owner.startsWith("diversion")) return [owner.split(", ")[0] as string];
  }
  return [];
}

function dpkg(args: readonly string[]): string | undefined {
  try {
    return execFileSync("dpkg-query", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
