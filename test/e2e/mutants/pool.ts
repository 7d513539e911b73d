import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ROOT } from "./mutant";
import type { Job, JobResult } from "./warm-jest";
import type { Answer } from "./worker";

/** A process for each core, in which Jest stays loaded */
export class Pool {
  private readonly waiting: { readonly job: Job; readonly done: (result: JobResult) => void }[] = [];
  private readonly processes = new Set<ChildProcess>();
  private working = 0;

  constructor(private readonly atOnce = availableParallelism()) {}

  /** As many may be tried at a time: one more each waits for what another has begun. */
  public get lanes(): number {
    return 2 * this.atOnce;
  }

  public run(job: Job): Promise<JobResult> {
    return new Promise((done) => {
      this.waiting.push({ job, done });
      if (this.working < this.atOnce) void this.work();
    });
  }

  /** Nothing more is run; what is under way gets no answer. */
  public stop(): void {
    this.waiting.length = 0;
    for (const one of this.processes) one.kill("SIGKILL");
  }

  private async work(): Promise<void> {
    this.working += 1;
    let process: ChildProcess | undefined;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      process ??= this.start();
      const { result, isFull } = await answerOf(process, next.job);
      next.done(result);
      if (isFull) process = this.end(process);
    }
    if (process !== undefined) this.end(process);
    this.working -= 1;
  }

  private start(): ChildProcess {
    const execArgv = ["--expose-gc", "-r", "@swc-node/register"];
    const started = fork(join(__dirname, "worker.ts"), {
      cwd: ROOT,
      execArgv,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.processes.add(started);
    return started;
  }

  private end(process: ChildProcess): undefined {
    this.processes.delete(process);
    process.kill("SIGKILL");
  }
}

function answerOf(process: ChildProcess, job: Job): Promise<Answer> {
  return new Promise((resolve) => {
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      const why =
        signal === "SIGKILL" ? "it did not end, and its process was killed" : `its process ended with ${code}`;
      resolve({ result: { failed: [], passed: 0, broke: why }, isFull: true });
    };
    process.once("exit", ended);
    process.once("message", (answer: Answer) => {
      process.off("exit", ended);
      resolve(answer);
    });
    process.send(job);
  });
}
