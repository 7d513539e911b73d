import { failures } from "./failures";
import type { Done, Step } from "./step";

/** What is said when a step has ended: its output whole, as it stands alone. */
export function told({ step, result, seconds, output, before }: Done): string {
  const how = before === undefined ? result : `again, alone: ${result}`;
  const head = result === "skipped" ? `skipped: ${output}` : `${how} after ${seconds.toFixed(1)} s`;
  const text = result === "skipped" || output.trim() === "" ? "" : `${output.trimEnd()}\n`;
  return `== ${step.name}: ${commandOf(step)}: ${head}\n${text}`;
}

/** Seconds per step, what failed, and the sum that CI reads in the last line */
export function table(done: readonly Done[], seconds: number, cores: number): string {
  const width = Math.max(...done.map(({ step }) => step.name.length), "together".length);
  const row = (name: string, clock: string, cpu: string, result: string): string =>
    `${name.padEnd(width)}  ${clock.padStart(8)}  ${cpu.padStart(8)}  ${result}\n`;
  const cpu = done.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const failed = done.filter(({ result }) => result !== "passed").length;
  return [
    row("step", "clock, s", "CPU, s", "result"),
    ...done.map((it) => row(it.step.name, it.seconds.toFixed(1), it.cpuSeconds.toFixed(1), resultOf(it))),
    row("together", seconds.toFixed(1), cpu.toFixed(1), `side by side on ${cores} cores`),
    failures(done),
    `${done.length - failed} passed, ${failed} failed\n`,
  ].join("");
}

function resultOf({ result, before }: Done): string {
  return before === undefined ? result : `${result} alone, after it ${before.result} beside others`;
}

function commandOf({ command }: Step): string {
  return command.join(" ");
}

/** The step that `.ci/run` has made before: without packages, nothing of this runs. */
export function installed({ AMBIT_CI_INSTALL = "0 0" }: NodeJS.ProcessEnv): Done {
  const [seconds = 0, cpuSeconds = 0] = AMBIT_CI_INSTALL.split(" ").map(Number);
  return { step: { name: "install", command: ["npm", "ci"] }, result: "passed", seconds, cpuSeconds, output: "" };
}
