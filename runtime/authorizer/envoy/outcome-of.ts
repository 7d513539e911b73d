import { outcomeOfStatus } from "../answer/outcome-of-status";
import type { Outcome } from "../call/outcomes";
import { callIdIn } from "./call-id";
import type { AccessLogEntry } from "./protocol";

export interface CallEnd {
  /** Id of the call */
  readonly call: string;
  /** Whether the answer broke off */
  readonly isCut: boolean;
  /** By its status */
  readonly outcome: Outcome;
}

/** Which call an entry is about, and how it ended; undefined where no call went out */
export function outcomeOf({ common_properties: common, response }: AccessLogEntry): CallEnd | undefined {
  const call = callIdIn(common?.metadata);
  if (call === undefined) return undefined;
  const isCut = Object.values(common?.response_flags ?? {}).some((flag) => flag);
  const status = response?.response_code?.value ?? 0;
  return { call, isCut, outcome: isCut ? "unknown" : outcomeOfStatus(status) };
}
