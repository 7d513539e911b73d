import { setTimeout as after } from "node:timers/promises";
import { AmbitUnavailable, ApprovalPending, type ApprovalRequest, ApprovalRequired } from "./errors";

/** RFC 8628 section 3.5 */
const POLL_MILLISECONDS = 5_000;

export interface ApprovalWait {
  /**
   * Told once, when people are asked.
   *
   * @default - nobody is told
   */
  readonly onRequest?: (request: ApprovalRequest) => void;

  /**
   * How often to ask whether somebody has decided, in milliseconds.
   *
   * @default 5000
   */
  readonly pollMilliseconds?: number;

  /**
   * How long to wait at most, in milliseconds.
   *
   * @default - until the request is no longer open
   */
  readonly waitMilliseconds?: number;

  /**
   * Gives up when it is aborted.
   *
   * @default - waits as long as it may
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What `ask` gives, once a person has approved it. While nobody has decided it is asked again with the handle; what was
 * only unavailable is asked again too.
 *
 * @throws ApprovalRequired where the time is up, AmbitRefused where the request is refused, or the reason of `signal`
 */
export async function approved<T>(
  ask: (approval: string | undefined) => Promise<T>,
  { onRequest, pollMilliseconds = POLL_MILLISECONDS, waitMilliseconds = Infinity, signal }: ApprovalWait = {},
): Promise<T> {
  const begun = Date.now();
  const required = await ask(undefined).then(
    (value) => ({ value }),
    (error: unknown) => {
      if (error instanceof ApprovalRequired) return error;
      throw error;
    },
  );
  if (!(required instanceof ApprovalRequired)) return required.value;
  const { request } = required;
  onRequest?.(request);
  const end = Math.min(begun + waitMilliseconds, request.expiresAt.getTime());
  for (;;) {
    const left = end - Date.now();
    if (left <= 0) throw required;
    await after(Math.min(pollMilliseconds, left), undefined, { signal });
    try {
      return await ask(request.id);
    } catch (error) {
      if (!(error instanceof ApprovalPending || error instanceof AmbitUnavailable)) throw error;
    }
  }
}
