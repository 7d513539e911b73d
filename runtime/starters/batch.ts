import { type Log, told } from "../log";
import type { StarterConfig } from "./config";
import { occasionOf, type QueueRecord } from "./messages";
import type { Starter } from "./starter";

/** Answer to Lambda: the messages to deliver again (`ReportBatchItemFailures`) */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Starts the task for each message of a batch. A failing message does not affect the others. */
export async function batch(
  config: StarterConfig,
  records: readonly QueueRecord[],
  starter: Pick<Starter, "start">,
  log: Log,
  now: () => number,
): Promise<BatchAnswer> {
  const started = async (record: QueueRecord): Promise<boolean> => {
    try {
      const occasion = occasionOf(config, record, now());
      if (occasion !== undefined) return await starter.start(occasion);
      log("start.none", { message: record.messageId });
      return true;
    } catch (error) {
      log("start.failed", { message: record.messageId, because: told(error) });
      return false;
    }
  };
  const results = await Promise.all(records.map(started));
  const failed = records.filter((_, index) => results[index] !== true);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
