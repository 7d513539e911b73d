import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, ROOT } from "./mutant";
import type { Job, JobResult } from "./warm-jest";
import type { Answer } from "./worker";

/** What `npm test` draws must be enough to notice every mutant, and be the same in every run. */
const AS_IN_NPM_TEST = { AMBIT_TEST_DEPTH: "quick", AMBIT_SEED: "" };

/** A process for each core, in which Jest stays loaded until `stop` */
export class Pool {
  private readonly waiting: { readonly job: Job; readonly done: (result: JobResult) => void }[] = [];
  private readonly processes = new Set<ChildProcess>();
  private readonly idle: ChildProcess[] = [];
  private isStopped = false;
  /** Of all tests: those that fail leave things behind. */
  private readonly temporary = mkdtempSync(join(tmpdir(), "ambit-mutants-"));
  /** Of the processor, in runs of tests */
  public cpuSeconds = 0;

  constructor(private readonly atOnce = availableParallelism()) {}

  /** As many may be tried at a time: one more each waits for what another has begun. */
  public get lanes(): number {
    return 2 * this.atOnce;
  }

  public run(job: Job): Promise<JobResult> {
    return new Promise((done) => {
      this.waiting.push({ job, done });
      this.next();
    });
  }

  /** Nothing more is run; what is under way gets no answer. */
  public async stop(): Promise<void> {
    this.isStopped = true;
    const left = [...this.processes].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    for (const one of left) one.kill("SIGKILL");
    await Promise.all(left.map((one) => once(one, "exit")));
    rmSync(this.temporary, { recursive: true, force: true });
  }

  private next(): void {
    if (this.waiting.length === 0 || this.isStopped) return;
    const process = this.idle.pop() ?? (this.processes.size < this.atOnce ? this.start() : undefined);
    const next = process && this.waiting.shift();
    if (process === undefined || next === undefined) return;
    void answerOf(process, next.job).then(({ result, isFull }) => {
      this.cpuSeconds += result.cpuSeconds;
      if (isFull) this.end(process);
      else this.idle.push(process);
      next.done(result);
      this.next();
    });
  }

  private start(): ChildProcess {
    const execArgv = ["--expose-gc", "-r", "@swc-node/register"];
    const started = fork(join(__dirname, "worker.ts"), {
      cwd: ROOT,
      env: { ...process.env, ...AS_IN_NPM_TEST, TMPDIR: this.temporary, SWC_NODE_CACHE_DIR: join(CACHE, "swc-node") },
      execArgv,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.processes.add(started);
    return started;
  }

  private end(process: ChildProcess): void {
    this.processes.delete(process);
    process.kill("SIGKILL");
  }
}

function answerOf(process: ChildProcess, job: Job): Promise<Answer> {
  return new Promise((resolve) => {
    const ended = (code: number | null, signal: NodeJS.Signals | null): void => {
      const killed = "its process was killed: it does not end, or the machine is out of memory";
      const why = signal === null ? `its process ended with ${code}` : killed;
      resolve({ result: { failed: [], passed: 0, cpuSeconds: 0, broke: why }, isFull: true });
    };
    process.once("exit", ended);
    process.once("message", (answer: Answer) => {
      process.off("exit", ended);
      resolve(answer);
    });
    process.send(job);
  });
}
