import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { groupsNamed, removeGroups } from "./cgroups";

/** Of state folders, and of the cgroups that are called as they are */
const PREFIX = "ambit-node-";
/** Of the node of `npm run cluster` */
const STANDING = join(tmpdir(), `${PREFIX}standing`);
const OWNER = "owner.json";

/** A process, and when it began: its number may be another's tomorrow. */
interface Owner {
  readonly pid: number;
  readonly began: string;
}

/** A folder of its own, owned by this process until {@link handOver} */
export function newState(kind: "passing" | "standing"): string {
  let folder = STANDING;
  if (kind === "passing") folder = mkdtempSync(join(tmpdir(), PREFIX));
  else mkdirSync(folder, { mode: 0o700 });
  handOver(folder, process.pid);
  mkdirSync(join(folder, "logs"));
  return folder;
}

/** As long as this process lives, the folder is in use. */
export function handOver(folder: string, pid: number): void {
  const owner: Owner = { pid, began: beganAt(pid) ?? "" };
  writeFileSync(join(folder, OWNER), JSON.stringify(owner));
}

/** Folder and first process of the node of `npm run cluster`, if it runs */
export function standing(): { readonly folder: string; readonly pid: number } | undefined {
  const owner = ownerOf(STANDING);
  return owner === undefined || !lives(owner) ? undefined : { folder: STANDING, pid: owner.pid };
}

/** The cgroup of the node that has this folder */
export function groupOf(folder: string): string {
  return basename(folder);
}

/** Put away what a node left that is no more, however it ended. */
export function putAwayState(folder: string): boolean {
  const gone = removeGroups(groupOf(folder));
  // Its mounts ended with its namespaces: what lies here is files alone.
  rmSync(folder, { recursive: true, force: true });
  return gone;
}

/**
 * Put away what is left of nodes whose processes are gone: a test that is killed cannot do so itself.
 *
 * @returns names of what was left
 */
export function sweep(): readonly string[] {
  const folders = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  const names = [...new Set([...folders, ...groupsNamed(PREFIX)])];
  const dead = names.filter((name) => {
    const folder = join(tmpdir(), name);
    const owner = ownerOf(folder);
    // A folder without an owner is one that another process makes at this moment.
    return owner === undefined ? !existsSync(folder) : !lives(owner);
  });
  for (const name of dead) putAwayState(join(tmpdir(), name));
  return dead;
}

/** Undefined too if another user owns the folder, who could name any process and any cluster in it */
function ownerOf(folder: string): Owner | undefined {
  try {
    const at = lstatSync(folder);
    if (!at.isDirectory() || at.uid !== process.getuid?.() || (at.mode & 0o077) !== 0) return undefined;
    return JSON.parse(readFileSync(join(folder, OWNER), "utf8")) as Owner;
  } catch {
    return undefined;
  }
}

function lives({ pid, began }: Owner): boolean {
  return beganAt(pid) === began;
}

/** In ticks since the machine started (proc(5), stat, field 22); undefined if it has ended */
function beganAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [condition, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return condition === "Z" ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
