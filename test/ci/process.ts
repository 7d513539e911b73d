import { spawn } from "node:child_process";
import { type Outcome, type Step, STEP_MINUTES } from "./step";

/** Written by bash behind what the step printed: user and system seconds of all its children */
const TIMES = /\nci-times (\d+\.\d+) (\d+\.\d+)\n$/;
const SCRIPT = "TIMEFORMAT=$'\\nci-times %3U %3S'; time \"$@\"";

const groups = new Set<number>();

/** Ends every step that still runs, with all that it started. */
export function stopSteps(): void {
  for (const group of groups) kill(group);
}

/** Runs a step to its end, or to its last minute. */
export function runProcess({ command, minutes = STEP_MINUTES }: Step): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn("bash", ["-c", SCRIPT, "step", ...command], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const group = child.pid ?? 0;
    if (group > 0) groups.add(group);
    const printed: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => printed.push(text));
    let late = "";
    const timer = setTimeout(() => {
      late = `\nstopped after ${Number(minutes.toFixed(3))} minutes`;
      kill(group);
    }, minutes * 60_000);
    const end = (code: number | null, problem = ""): void => {
      clearTimeout(timer);
      groups.delete(group);
      const text = printed.join("");
      const [, user = "0", system = "0"] = TIMES.exec(text) ?? [];
      resolve({
        result: code === 0 ? "passed" : "failed",
        seconds: (performance.now() - start) / 1000,
        cpuSeconds: Number(user) + Number(system),
        output: `${text.replace(TIMES, "")}${late}${problem}`,
        ...(late !== "" && { isLate: true }),
      });
    };
    child.once("error", (error) => end(null, error.message));
    child.once("close", (code) => end(code));
  });
}

function kill(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
