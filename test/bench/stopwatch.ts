import { readFileSync } from "node:fs";

/** Milliseconds of one step */
export interface Duration {
  /** By the clock on the wall */
  readonly wall: number;
  /** That the process itself was at work, helpers such as the garbage collector included */
  readonly cpu: number;
}

/** What one process measured of itself: its steps, and the most memory it had held when the synth ended */
export interface Measures {
  readonly steps: Readonly<Record<string, Duration>>;
  readonly peakBytes: number;
}

/** Times steps that follow each other, and reads the peak of memory where it is told to. */
export class Stopwatch {
  private readonly steps: Record<string, Duration> = {};
  private wall = performance.now();
  private cpu = process.cpuUsage();
  private peakBytes = 0;

  /** The step that ends here */
  public lap(step: string): void {
    const wall = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    this.steps[step] = { wall: wall - this.wall, cpu: (user + system) / 1000 };
    this.wall = wall;
    this.cpu = process.cpuUsage();
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
