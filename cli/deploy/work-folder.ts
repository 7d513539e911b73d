import { execFileSync } from "node:child_process";
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { CliError } from "../program";

const MARKER = ".made-by-ambit-deploy";
const LOCK = ".lock";
/** What of a work folder is its own */
export const OWN_FILES: readonly string[] = [MARKER, LOCK];

/**
 * Make the folder in which Terraform works, or take the one that an earlier deploy made, and lock it.
 *
 * It lies outside of what was reviewed, and its content is removed, trusted or run: so a link, a folder of another user,
 * and one that came with the source are refused.
 *
 * @returns what unlocks it
 * @throws CliError if it is not the tool's own, or another deploy works there
 */
export function openWorkFolder(path: string): () => void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    mkdirSync(path, { mode: 0o700 });
    write(join(path, MARKER), "ambit deploy works here\n");
  } else {
    const wrong = foreign(path) ?? (isInGit(path) ? "is in git" : undefined);
    if (wrong !== undefined) {
      const fix = "remove it, or keep a state that lies in it elsewhere first";
      throw new CliError(`${path} must be a folder that ambit deploy made for you alone, and ${wrong}: ${fix}`);
    }
  }
  return lock(join(path, LOCK));
}

/** Why the folder is not one that this tool made for this user */
function foreign(path: string): string | undefined {
  const found = lstatSync(path);
  const user = process.getuid?.() ?? found.uid;
  if (found.isSymbolicLink()) return "is a symbolic link";
  if (!found.isDirectory()) return "is no folder";
  if (found.uid !== user) return `belongs to user ${found.uid}`;
  if (process.platform !== "win32" && (found.mode & 0o077) !== 0) return "can be read or written by others";
  const marker = lstatSync(join(path, MARKER), { throwIfNoEntry: false });
  if (marker?.isFile() !== true || marker.uid !== user) return `holds no ${MARKER}`;
  return undefined;
}

/** Without git, or outside of a repository, nothing is tracked. */
function isInGit(path: string): boolean {
  const settings = ["-c", "core.fsmonitor=false", "-c", "safe.bareRepository=explicit"];
  const args = [...settings, "-C", dirname(path), "ls-files", "-z", "--", `:(literal)${basename(path)}`];
  try {
    return execFileSync("git", args, { stdio: ["ignore", "pipe", "ignore"] }).length > 0;
  } catch {
    return false;
  }
}

function lock(path: string): () => void {
  const mine = `${process.pid} ${hostname()}\n`;
  if (!tryWrite(path, mine)) {
    takeOver(path);
    if (!tryWrite(path, mine)) throw held(path, contentOf(path));
  }
  return () => rmSync(path, { force: true });
}

/** The lock of a process that is dead on this machine is removed; it is moved first, so that no other is. */
function takeOver(path: string): void {
  const stale = contentOf(path);
  if (!isDead(stale)) throw held(path, stale);
  const aside = `${path}.${process.pid}`;
  renameSync(path, aside);
  const moved = contentOf(aside);
  if (moved !== stale) linkSync(aside, path);
  rmSync(aside);
  if (moved !== stale) throw held(path, moved);
}

function isDead(content: string): boolean {
  const [pid, host] = content.trim().split(" ");
  if (host !== hostname() || !/^[1-9]\d*$/.test(pid ?? "")) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function held(path: string, by: string): CliError {
  const [pid = "?", host = "?"] = by.trim().split(" ");
  const fix = `wait for it, or remove ${path} where there is no such process`;
  return new CliError(`another deploy of this folder is under way, process ${pid} on ${host}: ${fix}`);
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function tryWrite(path: string, content: string): boolean {
  try {
    write(path, content);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Creates a new file only; fails on an existing one, and on a link */
function write(path: string, content: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeSync(file, content);
  } finally {
    closeSync(file);
  }
}
