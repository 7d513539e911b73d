import { type AnswerEnd, endOf } from "../answer/end-of";
import { outcomeOfStatus } from "../answer/outcome-of-status";
import type { Outcome } from "../call/outcomes";
import type { Allowed } from "../call/spent-calls";
import { callIdIn } from "./call-id";
import type { AccessLogEntry } from "./protocol";

export interface CallEnd {
  /** Id of the call */
  readonly call: string;
  /** Whether the answer broke off */
  readonly isCut: boolean;
  /** Whether nothing was sent, for lack of a connection */
  readonly isUnsent: boolean;
  /** By its status */
  readonly outcome: Outcome;
}

const NEVER_SENT = ["upstream_connection_failure", "upstream_overflow"];

/** Which call an entry is about, and how it ended; undefined if no call went out */
export function outcomeOf({ common_properties: common, response }: AccessLogEntry): CallEnd | undefined {
  const call = callIdIn(common?.metadata);
  if (call === undefined) return undefined;
  const flags = common?.response_flags ?? {};
  const isCut = Object.values(flags).some((flag) => flag);
  const status = response?.response_code?.value ?? 0;
  const isUnsent = NEVER_SENT.some((flag) => flags[flag]);
  return { call, isCut, isUnsent, outcome: isCut ? "unknown" : outcomeOfStatus(status) };
}

/**
 * Tokens reserved for a call that was not sent are released.
 *
 * @param call its answer's reader is closed in any case, to release its memory
 */
export function endOfCall(
  { isCut, isUnsent, outcome }: CallEnd,
  { answer, onlyAsks }: Pick<Allowed, "answer" | "onlyAsks"> = {},
): AnswerEnd {
  const read = answer === undefined ? { outcome } : endOf(answer, isCut);
  if (isUnsent) return { outcome: "failed", used: 0 };
  return onlyAsks === true && read.outcome === "succeeded" ? { ...read, outcome: "unknown" } : read;
}
