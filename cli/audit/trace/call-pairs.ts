import type { PlacedRecord } from "../verified-records";

/** Calls of one transaction with only one of their two records, by the index of that record */
export interface UnpairedCalls {
  /** Allowed, but without an outcome: still in flight, or the gateway could not report it */
  readonly withoutOutcome: ReadonlySet<number>;
  /** Ended, and no record lets them go */
  readonly withoutDecision: ReadonlySet<number>;
}

/**
 * Pairs each call that was let go with how it ended, by token and action: records of different exchanges may stand in the log in
 * another order than they were written.
 */
export function unpairedCalls(records: readonly PlacedRecord[]): UnpairedCalls {
  const allowed = new Map<string, number[]>();
  const ended = new Map<string, number[]>();
  const stopped = new Map<string, number>();
  for (const { index, record } of records) {
    const { kind, facts } = record;
    const call = JSON.stringify([facts["token"] ?? null, facts["call"] ?? null]);
    if (kind === "call.spent") allowed.set(call, [...(allowed.get(call) ?? []), index]);
    if (kind === "call.outcome") ended.set(call, [...(ended.get(call) ?? []), index]);
    if (kind === "call.refused") stopped.set(call, (stopped.get(call) ?? 0) + 1);
  }
  const withoutOutcome = [...allowed].flatMap(([call, all]) =>
    all.slice((ended.get(call)?.length ?? 0) + (stopped.get(call) ?? 0)),
  );
  // The gateway repeats an outcome if it does not know whether it was written, so more outcomes than calls are no
  // finding.
  const withoutDecision = [...ended].flatMap(([call, all]) => (allowed.has(call) ? [] : all));
  return { withoutOutcome: new Set(withoutOutcome), withoutDecision: new Set(withoutDecision) };
}
