import { Worker } from "node:worker_threads";
import { type ChunkJob, type ChunkResult, ChunkVerifier } from "./chunk";
import type { FromThread, ToThread } from "./chunk-thread";
import { type LogPlace, openLog } from "./log-reader";
import { unpacked } from "./thread-error";

/** Who verifies chunks */
export interface ChunkPool {
  /** How many jobs may wait at once, so that all are busy and memory stays bounded */
  readonly atOnce: number;
  verify(job: ChunkJob): Promise<ChunkResult>;
  close(): Promise<void>;
}

/** In this thread, which lets others have a turn between two chunks */
export class OwnThread implements ChunkPool {
  public readonly atOnce = 1;

  constructor(private readonly verifier: ChunkVerifier) {}

  public async verify(job: ChunkJob): Promise<ChunkResult> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.verifier.verify(job);
  }

  public async close(): Promise<void> {}
}

interface Waiting {
  readonly resolve: (result: ChunkResult) => void;
  readonly reject: (error: Error) => void;
}

/** Worker threads, each of which reads the log itself */
export class Threads implements ChunkPool {
  public readonly atOnce: number;
  private readonly threads: readonly { readonly worker: Worker; readonly waiting: Waiting[] }[];

  constructor(place: LogPlace, count: number) {
    this.atOnce = 2 * count;
    this.threads = Array.from({ length: count }, () => {
      const worker = new Worker(require.resolve("./chunk-thread"), { workerData: place });
      const waiting: Waiting[] = [];
      worker.on("message", (said: FromThread) => {
        const next = waiting.shift();
        if ("result" in said) next?.resolve(said.result);
        else next?.reject(unpacked(said.error));
      });
      const ended = (error: Error): void => waiting.splice(0).forEach(({ reject }) => reject(error));
      worker.on("error", ended);
      worker.on("exit", (code) => ended(new Error(`a verifying thread ended with code ${code}`)));
      return { worker, waiting };
    });
  }

  public verify(job: ChunkJob): Promise<ChunkResult> {
    const [first, ...others] = this.threads;
    if (first === undefined) throw new RangeError("a pool must have a thread");
    const least = others.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a), first);
    return new Promise((resolve, reject) => {
      least.waiting.push({ resolve, reject });
      least.worker.postMessage(job satisfies ToThread);
    });
  }

  public async close(): Promise<void> {
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }
}

/** @param threads 1 for this thread only */
export async function chunkPool(place: LogPlace, threads: number): Promise<ChunkPool> {
  return threads === 1 ? new OwnThread(new ChunkVerifier(await openLog(place))) : new Threads(place, threads);
}
