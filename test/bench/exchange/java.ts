import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

export interface Java {
  /** Folder with `bin/java` */
  readonly home: string;
  readonly version: string;
  readonly major: number;
}

/** Where distributions of Linux put them */
const FOLDER = "/usr/lib/jvm";
const VERSION = /^JAVA_VERSION="((\d+)[^"]*)"$/m;

/** The Javas of this machine, by their release files: each once, where JAVA_HOME says and where Linux has them */
export function javas(): readonly Java[] {
  const installed = existsSync(FOLDER) ? readdirSync(FOLDER).sort() : [];
  const homes = [process.env.JAVA_HOME, ...installed.map((name) => join(FOLDER, name))];
  const found = homes.flatMap((home) => (home !== undefined && existsSync(join(home, "release")) ? [home] : []));
  const once = new Map(found.map((home) => [realpathSync(join(home, "release")), home]));
  return [...once.keys()].map(javaOf).filter((java) => java !== undefined);
}

/** By its release file */
export function javaOf(release: string): Java | undefined {
  const home = dirname(release);
  const [, version, major] = VERSION.exec(readFileSync(release, "utf8")) ?? [];
  if (version === undefined || !existsSync(join(home, "bin", "java"))) return undefined;
  return { home, version, major: Number(major) };
}
