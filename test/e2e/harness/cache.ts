import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** Outside the tree, so that a fresh checkout does not build again. */
function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "ambit");
}

/**
 * A folder that is made once for exactly these files, and kept.
 *
 * It appears under its name only when it is complete: a stopped run leaves nothing that the next would take for whole.
 */
export async function madeOnce(
  name: string,
  from: readonly string[],
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const file of from) hash.update(readFileSync(file)).update("\0");
  const folder = join(cacheRoot(), `${name}-${hash.digest("hex").slice(0, 12)}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${randomUUID().slice(0, 8)}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(unfinished);
    await make(unfinished);
    if (!existsSync(folder)) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
