import { signalGroup, type start } from "../harness/process";
import { until } from "../harness/until";

const SECONDS = 120;

export interface Line {
  readonly event: string;
  readonly writer: string;
  readonly [fact: string]: unknown;
}

/** One process that writes records and may bring them into the log: `log-process.ts` */
export class RunningLogProcess {
  public readonly lines: Line[] = [];
  private readonly ended: Promise<unknown>;
  private said = "";

  constructor(private readonly child: ReturnType<typeof start>) {
    child.stdout.on("data", (text: string) => {
      const lines = `${this.said}${text}`.split("\n");
      this.said = lines.pop() as string;
      this.lines.push(...lines.map((line) => JSON.parse(line) as Line));
    });
    child.stderr.resume();
    this.ended = new Promise((end) => child.once("close", end));
  }

  /** Undefined until it has begun */
  public get writer(): string | undefined {
    return this.lines[0]?.writer;
  }

  public async until(holds: (lines: readonly Line[]) => boolean): Promise<void> {
    await until(
      () => holds(this.lines),
      SECONDS,
      () => `it said ${JSON.stringify(this.lines.slice(-5))}`,
    );
  }

  public answered(count: number): Promise<void> {
    return this.until((lines) => lines.some(({ answered }) => Number(answered) >= count));
  }

  /** As the kernel ends a process that has no memory left */
  public async kill(): Promise<void> {
    signalGroup(this.child, "SIGKILL");
    await this.ended;
  }

  /** As Kubernetes ends one */
  public async end(): Promise<void> {
    signalGroup(this.child, "SIGTERM");
    await this.ended;
  }
}
