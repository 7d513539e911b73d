import { parentPort, workerData } from "node:worker_threads";
import { type ChunkJob, type ChunkResult, ChunkVerifier } from "./chunk";
import { type LogPlace, openLog } from "./log-reader";
import { packed, type ThreadError } from "./thread-error";

export type ToThread = ChunkJob;
export type FromThread = { readonly result: ChunkResult } | { readonly error: ThreadError };

// A thread of `ambit audit verify`: it answers jobs in their order.
const verifier = openLog(workerData as LogPlace).then((log) => new ChunkVerifier(log));
let before: Promise<unknown> = Promise.resolve();

parentPort?.on("message", (job: ToThread) => {
  before = before.then(async () => {
    let said: FromThread;
    try {
      said = { result: await (await verifier).verify(job) };
    } catch (error) {
      said = { error: packed(error) };
    }
    parentPort?.postMessage(said);
  });
});
