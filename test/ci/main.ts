import { availableParallelism } from "node:os";
import { againAlone } from "./again";
import { withinTime } from "./deadline";
import { runProcess, stopSteps } from "./process";
import { runSteps } from "./schedule";
import type { Done } from "./step";
import { LAST_STEPS, STEPS } from "./steps";
import { installed, table, told } from "./table";

/** Runs all steps but the first, which `.ci/run` makes; the last line is "N passed, N failed". */
async function main(): Promise<number> {
  const cores = availableParallelism();
  const start = performance.now();
  const tell = (done: Done): unknown => process.stdout.write(told(done));
  const first = installed(process.env);
  const sinceStart = (): number => first.seconds * 1000 + (performance.now() - start);
  const run = withinTime(runProcess, sinceStart);
  const beside = await runSteps(STEPS, cores, run, tell);
  const done = [first, ...(await againAlone(beside, run, tell))];
  done.push(...(await runSteps(LAST_STEPS, cores, run, tell)));
  process.stdout.write(`\n${table(done, sinceStart() / 1000, cores)}`);
  return done.every(({ result }) => result === "passed") ? 0 : 1;
}

process.on("exit", stopSteps);
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));
void main().then((code) => (process.exitCode = code));
