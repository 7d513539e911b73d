import { Worker } from "node:worker_threads";
import type { Job, JobResult } from "./warm-jest";
import { WarmJest } from "./warm-jest";

/** A run that takes more has no end. Seconds of the processor, of which a busy machine gives as many, only later. */
const MOST_CPU_SECONDS = 180;
/** Bytes of the heap that a process may hold: what tests leave behind makes those after them slow. */
const MOST_HEAP = 700_000_000;

/** Said to the process that started this one */
export interface Answer {
  readonly result: JobResult;
  /** Whether this process takes no more jobs */
  readonly isFull: boolean;
}

/** In a thread of its own, as an endless loop lets nothing else in its thread. A process that was killed has no result. */
const WATCHDOG = `
  const { parentPort, workerData } = require("node:worker_threads");
  const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1e6; };
  let start = used();
  parentPort.on("message", () => (start = used()));
  setInterval(() => used() - start > workerData && process.kill(process.pid, "SIGKILL"), 500);
`;

const isFull = (): boolean => process.memoryUsage().heapUsed > MOST_HEAP;

/** A failed send means that the parent is gone. */
function ignored(): void {}

async function main(): Promise<void> {
  // The parent process is gone: end.
  process.on("disconnect", () => process.exit(0));
  // What one test file makes for all is made with one mutant.
  delete process.env["AMBIT_TEST_SHARED"];
  const watchdog = new Worker(WATCHDOG, { eval: true, workerData: MOST_CPU_SECONDS });
  const jest = await WarmJest.start();
  process.on("message", (job: Job) => {
    watchdog.postMessage("start");
    void jest.run(job).then((result) => {
      if (isFull()) globalThis.gc?.();
      const answer: Answer = { result, isFull: isFull() };
      process.send?.(answer, ignored);
    });
  });
}

void main();
