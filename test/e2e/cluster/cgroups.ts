import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Without which the kubelet does not start */
export const CONTROLLERS = ["cpu", "cpuacct", "cpuset", "memory", "pids"];

/** Hierarchies of cgroup v1 that this machine has, by the name of their folder */
export function hierarchies(): readonly string[] {
  return mounted().filter((name) => existsSync(join(ROOT, name, "release_agent")));
}

/** With that of cgroup v2, if it is beside them: it has no controllers, but runc makes groups in each. */
function mounted(): readonly string[] {
  if (!existsSync(ROOT)) return [];
  return readdirSync(ROOT).filter((name) => existsSync(join(ROOT, name, "cgroup.procs")));
}

/** One group of this name in each hierarchy, which everything of a node is below */
export function makeGroups(name: string): void {
  for (const hierarchy of hierarchies()) {
    const folder = join(ROOT, hierarchy, name);
    mkdirSync(folder, { recursive: true });
    if (hierarchy !== "cpuset") continue;
    // A group of this hierarchy begins without processors and memory, and takes no process.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      writeFileSync(join(folder, file), readFileSync(join(ROOT, hierarchy, file)));
    }
  }
}

/** Names of the groups that begin so, in any hierarchy */
export function groupsNamed(prefix: string): readonly string[] {
  const names = mounted().flatMap((hierarchy) => readdirSync(join(ROOT, hierarchy)));
  return [...new Set(names.filter((name) => name.startsWith(prefix)))];
}

/**
 * Takes a group out of each hierarchy, with those below.
 *
 * @returns whether nothing of it is left; a group in which a process lives stays
 */
export function removeGroups(name: string): boolean {
  const folders = mounted()
    .map((hierarchy) => join(ROOT, hierarchy, name))
    .filter((folder) => existsSync(folder));
  return folders.map(removed).every(Boolean);
}

function removed(folder: string): boolean {
  const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const empty = below.map(({ name }) => removed(join(folder, name))).every(Boolean);
  try {
    if (empty) rmdirSync(folder);
    return empty;
  } catch {
    return false;
  }
}
