import { readdirSync, readFileSync } from "node:fs";

/** Of Linux: clock ticks of /proc are hundredths of a second. */
const TICK_MICROSECONDS = 10_000;

/** Processor time of these processes and of all that they started, in microseconds */
export function spentMicroseconds(pids: readonly number[]): number {
  return familyOf(pids).reduce((sum, pid) => sum + ticksOf(pid) * TICK_MICROSECONDS, 0);
}

/** Memory that a process holds */
export function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1_024;
}

/** With their children, and those of these */
function familyOf(pids: readonly number[]): readonly number[] {
  return pids.flatMap((pid) => [pid, ...familyOf(childrenOf(pid))]);
}

/** Each thread has its own. */
function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8");
      return children.split(" ").filter(Boolean).map(Number);
    } catch {
      // The thread has ended, and others have its children.
      return [];
    }
  });
}

/** Of itself, and of its children that have ended */
function ticksOf(pid: number): number {
  const [, rest = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
  const fields = rest.split(" ");
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
}
