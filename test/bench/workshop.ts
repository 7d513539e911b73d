import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Measures } from "./stopwatch";

export type Side = "ambit" | "plain";

/**
 * One heap for every machine. V8 lets a heap grow up to fourfold before it collects the whole of it, and the more so the more
 * memory the machine has: then the peak measures the machine.
 */
export const HEAP = ["--max-old-space-size=1024"] as const;

const ROOT = resolve(__dirname, "../..");

/** A temporary folder with the compiled sources, from which each measurement runs in a process of its own. */
export class Workshop {
  private readonly folder = mkdtempSync(join(tmpdir(), "ambit-bench-"));

  /** @throws with the compiler's output where the sources do not compile */
  constructor() {
    const compiler = require.resolve("typescript/bin/tsc");
    const options = ["-p", join(__dirname, "tsconfig.json"), "--outDir", this.folder];
    try {
      execFileSync(process.execPath, [compiler, ...options], { encoding: "utf8" });
      symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    } catch (error) {
      this.close();
      throw new Error(`the sources do not compile:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
    }
  }

  public measure(side: Side, count: number): Measures {
    return this.run(`measure-${side}`, String(count)) as Measures;
  }

  /** Folder with the synthesized app of one side, gone when the workshop closes */
  public output(side: Side, count: number): string {
    const outdir = join(this.folder, `output-${side}`);
    mkdirSync(outdir);
    this.run(`measure-${side}`, String(count), outdir);
    return outdir;
  }

  /** Milliseconds until Ambit's main entry, or cdktf alone, is loaded */
  public start(side: Side): number {
    return this.run("start", side === "ambit" ? join(this.folder, "constructs/index.js") : "cdktf") as number;
  }

  public close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(script: string, ...args: readonly string[]): unknown {
    const path = join(this.folder, `test/bench/${script}.js`);
    // In a temporary folder, so that nothing a measurement may leave behind lands in the repository.
    return JSON.parse(execFileSync(process.execPath, [...HEAP, path, ...args], { cwd: this.folder, encoding: "utf8" }));
  }
}
