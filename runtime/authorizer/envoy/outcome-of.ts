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

const NEVER_SENT = ["upstream_connection_failure", "upstream_overflow"];

/** Which call an entry is about, and how it ended; undefined where no call went out */
export function outcomeOf({ common_properties: common, response }: AccessLogEntry): CallEnd | undefined {
  const call = callIdIn(common?.metadata);
  if (call === undefined) return undefined;
  const flags = common?.response_flags ?? {};
  const isCut = Object.values(flags).some((flag) => flag);
  const status = response?.response_code?.value ?? 0;
  return { call, isCut, outcome: isCut ? outcomeOfCut(flags) : outcomeOfStatus(status) };
}

/** Where there was no connection, nothing of the call went out. */
function outcomeOfCut(flags: Readonly<Record<string, boolean>>): Outcome {
  return NEVER_SENT.some((flag) => flags[flag]) ? "failed" : "unknown";
}
