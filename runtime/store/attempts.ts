import { setTimeout as sleep } from "node:timers/promises";
import { StoreUnavailable } from "./store";

const ATTEMPTS = 4;
const PAUSE_MILLISECONDS = { first: 20, most: 400 } as const;
/** No attempt begins later: a request to the exchange takes at most 10 s. */
const LAST_BEGIN_MILLISECONDS = 4_000;

/** What is known of a call that failed */
export type Failure =
  /** It had no effect, and may succeed next time */
  | "not-done"
  /** It may have had its effect or not */
  | "unknown"
  /** It will fail again */
  | "hopeless";

/** Errors of DynamoDB that mean that it did nothing, because it is overloaded */
const BUSY = new Set([
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException",
]);
/** The same request, by its token, is still under way. */
const UNDER_WAY = "TransactionInProgressException";
/** The SDK makes errors of its own where there was no answer. */
const NO_ANSWER = new Set(["TimeoutError", "AbortError", "RequestTimeout"]);

export function failureOf(error: unknown): Failure {
  const { name, $metadata, code } = error as Error & { $metadata?: { httpStatusCode?: number }; code?: string };
  if (BUSY.has(name)) return "not-done";
  if (name === UNDER_WAY || NO_ANSWER.has(name)) return "unknown";
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return code === undefined ? "hopeless" : "unknown";
  return status >= 500 || status < 300 ? "unknown" : "hopeless";
}

/** A loop of attempts with pauses that grow at random, so that colliding writers do not collide again. */
export class Attempts {
  private count = 0;
  private readonly begun = performance.now();

  /** Wait before the next attempt, and say whether there is one. */
  public async another(): Promise<boolean> {
    this.count += 1;
    if (this.count >= ATTEMPTS || performance.now() - this.begun > LAST_BEGIN_MILLISECONDS) return false;
    const most = Math.min(PAUSE_MILLISECONDS.first * 2 ** this.count, PAUSE_MILLISECONDS.most);
    await sleep(PAUSE_MILLISECONDS.first / 2 + Math.random() * most);
    return true;
  }
}

export function unavailable(what: string, error: unknown): StoreUnavailable {
  const { name, message } = error as Error;
  return new StoreUnavailable(`${what}: ${name}: ${message}`, { cause: error });
}

/** Retry a read until there is an answer. */
export async function asked<T>(what: string, ask: () => Promise<T>): Promise<T> {
  const attempts = new Attempts();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (failureOf(error) === "hopeless" || !(await attempts.another())) throw unavailable(what, error);
    }
  }
}
