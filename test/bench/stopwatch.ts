import { readFileSync } from "node:fs";

/** What one process measured of itself: milliseconds per step, and the most memory it had held when the synth ended */
export interface Measures {
  readonly steps: Readonly<Record<string, number>>;
  readonly peakBytes: number;
}

/** Times steps that follow each other, and reads the peak of memory where it is told to. */
export class Stopwatch {
  private readonly steps: Record<string, number> = {};
  private last = performance.now();
  private peakBytes = 0;

  /** The step that ends here */
  public lap(step: string): void {
    const now = performance.now();
    this.steps[step] = now - this.last;
    this.last = now;
  }

  public readPeak(): void {
    this.peakBytes = peakKilobytes() * 1024;
  }

  public get measures(): Measures {
    return { steps: this.steps, peakBytes: this.peakBytes };
  }
}

/** Linux counts a parent's memory into a child's `maxRSS`, but not into its high-water mark. */
function peakKilobytes(): number {
  const mark = process.platform === "linux" && /VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"));
  return mark ? Number(mark[1]) : process.resourceUsage().maxRSS;
}
