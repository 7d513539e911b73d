import { writeFileSync } from "node:fs";
import type { Measures } from "../../stopwatch";

/** Loaded before a program that is measured as a whole: at its end, writes what it took to the file that the bench names. */
const file = process.env.AMBIT_BENCH_SPENT;
process.on("exit", () => {
  if (file === undefined) return;
  const { user, system } = process.cpuUsage();
  const whole = { wall: performance.now(), cpu: (user + system) / 1000 };
  const measures: Measures = { steps: { whole }, peakBytes: process.resourceUsage().maxRSS * 1024 };
  writeFileSync(file, JSON.stringify(measures));
});
