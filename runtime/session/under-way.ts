import { LIMITS } from "../../domain";

/** For which a message may still come in: a stream lasts no longer, by a clock that may be ahead */
const UNDER_WAY_SECONDS = LIMITS.stream.seconds + LIMITS.clockSkew.seconds;
/** Granularity of the recorded time, so that not every message is a write */
const COARSE_SECONDS = 60;

/** Until when a message may come in that is under way now, where that is noted until `until` already */
export function noted(until: number, now: number): number {
  const last = now + UNDER_WAY_SECONDS;
  return until >= last ? until : last + COARSE_SECONDS;
}
