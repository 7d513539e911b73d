import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..");
/** Written by a bench itself, so that all of them can be run at one commit */
const PAGE = ":!docs/performance.md";

/** What figures belong to: the machine, and the commit that is checked out. */
export function machineName(): string {
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown CPU"}, Node ${process.version}, ${commitName()}`;
}

function commitName(): string {
  try {
    const commit = git("rev-parse", "--short", "HEAD");
    return git("status", "--porcelain", "--", ".", PAGE) === "" ? `commit ${commit}` : `commit ${commit}, with changes`;
  } catch {
    return "no commit";
  }
}

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
