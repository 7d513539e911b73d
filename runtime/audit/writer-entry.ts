/** By which a writer's records are found while it may write more */
export interface WriterEntry {
  /** When it was written last: whole seconds since the epoch */
  readonly seen: number;
}

/** A writer whose entry is older writes it anew, together with its next record. */
export const RENEW_SECONDS = 3_600;
/** An entry of this age may go, where all records of its writer are in the log: clocks differ by less than the rest of the day. */
export const RETIRED_SECONDS = 86_400;
