import type { Outcome } from "../call/outcomes";
import { CALL_KEY } from "./check-response";
import type { AccessLogEntry } from "./protocol";

const FILTER = "envoy.filters.http.ext_authz";

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
  const call = common?.metadata?.filter_metadata[FILTER]?.fields[CALL_KEY]?.stringValue;
  if (call === undefined || call === "") return undefined;
  const isCut = Object.values(common?.response_flags ?? {}).some((flag) => flag);
  const status = response?.response_code?.value ?? 0;
  return { call, isCut, outcome: isCut ? "unknown" : ofStatus(status) };
}

/** A redirect may follow an effect, and a gateway may fail behind one. */
function ofStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return "succeeded";
  return status >= 400 && status < 500 ? "failed" : "unknown";
}
