import { stripVTControlCharacters } from "node:util";
import type { Done, Outcome } from "./step";

/** How an e2e check and a test file of Jest say that they failed, and Jest a test */
const FAILURE = /^(FAIL\b| {2}● )/;
const PASSED = /^(pass {2}|PASS )/;
const LINES_EACH = 8;
const LINES = 24;
const CHARACTERS = 200;

/** What failed, for the end of the run: only the last lines of a long output may be kept. One that passed alone is told too. */
export function failures(done: readonly Done[]): string {
  const failed = done.flatMap(({ step: { name }, before, ...outcome }): readonly [string, Outcome][] => [
    ...(before === undefined ? [] : [[name, before] as [string, Outcome]]),
    ...(outcome.result === "failed" ? [[name, outcome] as [string, Outcome]] : []),
  ]);
  return failed.map(([name, { output }]) => `-- ${name}\n${shortened(output)}`).join("");
}

function shortened(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .filter((line) => line.trim() !== "" && !PASSED.test(line));
  const at = lines.flatMap((line, index) => (FAILURE.test(line) ? [index] : []));
  const shown = at.flatMap((from, index) => lines.slice(from, Math.min(from + LINES_EACH, at[index + 1] ?? Infinity)));
  return (shown.length === 0 ? lines.slice(-LINES_EACH) : shown.slice(0, LINES))
    .map((line) => `${line.slice(0, CHARACTERS)}\n`)
    .join("");
}
