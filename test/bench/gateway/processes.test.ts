import { spawn } from "node:child_process";
import { once } from "node:events";
import { spentMicroseconds } from "./processes";

const SPENT_MICROSECONDS = 100_000;
const SPENDS = `while (process.cpuUsage().user < ${SPENT_MICROSECONDS})`;

// The bench of the gateway needs Linux, as its page says.
const onLinux = process.platform === "linux" ? test : test.skip;

onLinux.each([
  ["runs", `${SPENDS}; console.log("spent"); process.stdin.resume()`, ""],
  ["has ended", SPENDS, "echo spent; read end"],
])("a side's processor time is that of its children too: one that %s", async (_, program, then) => {
  const shell = spawn("sh", ["-c", `"$0" -e '${program};'; ${then}`, process.execPath], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const closed = once(shell, "close");
  try {
    await once(shell.stdout, "data");
    expect(spentMicroseconds([shell.pid as number])).toBeGreaterThanOrEqual(SPENT_MICROSECONDS);
    expect(spentMicroseconds([])).toBe(0);
  } finally {
    // The program reads from it, and ends with it.
    shell.stdin.end();
    await closed;
  }
});
