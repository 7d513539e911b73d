import { MOST_UNITS } from "../amount";

/** Limits of a request. A larger one is denied without further checks. */
export const INPUT_LIMITS = {
  /** Bytes of JSON */
  bytes: 65_536,
  /** Characters of one string (a SPIFFE ID has at most 2,048 bytes, SPIFFE-ID section 2.3) */
  text: 2_048,
  /** Datasets touched by one call */
  data: 64,
  /** Hops of a chain that are looked at; three are allowed */
  chain: 16,
  budgets: 64,
  /** Actions that a token is for */
  scope: 256,
  /** Actions that succeeded earlier */
  done: 256,
  /** Seconds since the epoch, and numbers of a revision */
  whole: 1_000_000_000_000,
  /** What a budget has spent, in calls or units of its sum */
  units: MOST_UNITS,
} as const;
