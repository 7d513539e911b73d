import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import type { ImageFile } from "./file";

const EXECUTABLE = 0o555;

/** A program with the libraries that this machine's loader gives it; none for a static one. */
export function programFiles(program: string, path: string): readonly ImageFile[] {
  const libraries = librariesOf(program).map((library) => ({
    path: library,
    mode: EXECUTABLE,
    copyOf: realpathSync(library),
  }));
  return [{ path, mode: EXECUTABLE, copyOf: realpathSync(program) }, ...libraries];
}

/**
 * Paths at which the program's loader and libraries are looked for.
 *
 * @throws Error if the loader misses one
 */
export function librariesOf(program: string): readonly string[] {
  let said: string;
  try {
    said = execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    const { stderr = "", stdout = "" } = error as { stderr?: string; stdout?: string };
    if (/not a dynamic executable/.test(stderr + stdout)) return [];
    throw error;
  }
  const missed = /^\s*(\S+) => not found/m.exec(said)?.[1];
  if (missed !== undefined) throw new Error(`"${program}" needs the library "${missed}", which is not on this machine`);
  const found = said.split("\n").flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  return [...new Set(found)].sort();
}
