import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measures } from "./stopwatch";

/**
 * Run one side as the whole of a process, and print what it measured.
 *
 * Arguments of the process: number of agents, and the folder to leave the output in.
 *
 * @default - a temporary folder, removed at the end
 */
export function measured(synthesize: (count: number, outdir: string) => Measures): void {
  const [count, kept] = process.argv.slice(2);
  const outdir = kept ?? mkdtempSync(join(tmpdir(), "ambit-bench-output-"));
  try {
    process.stdout.write(JSON.stringify(synthesize(Number(count), outdir)));
  } finally {
    if (kept === undefined) rmSync(outdir, { recursive: true });
  }
}
