import type { LogPolicy } from "../../runtime/audit/tlog/tlog-proof";
import { LogIndex } from "./log-index";
import { cacheFolder, LogMemory } from "./log-memory";
import type { OpenedLog } from "./opened-log";

/** What is remembered of the log that this key signs */
export function memoryOf({ key, origin }: LogPolicy, cache: string = cacheFolder()): LogMemory {
  return new LogMemory(cache, key, origin);
}

/** The index of a log, made where it is not there. @throws UnsoundLog */
export async function indexOf({ records }: OpenedLog, policy: LogPolicy, cache?: string): Promise<LogIndex> {
  const index = new LogIndex(memoryOf(policy, cache), records);
  await index.build();
  return index;
}
