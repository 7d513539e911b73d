import type { ExchangeReasonCode } from "../../domain";
import type { AuditEvent, Ledger } from "../audit/audit";
import { Refusal } from "../refusal/refusal";
import { StoreConflict, type Write } from "../store/store";

/** A write whose condition means more than a lost race */
export interface OnceWrite {
  readonly write: Write;
  /** What it means that the condition does not hold */
  readonly lost: ExchangeReasonCode;
}

/**
 * Write everything with its record, or nothing.
 *
 * @param writes that fail if what they depend on has changed since it was read
 * @throws Refusal if a write of `once` failed
 * @throws StoreConflict if another one failed: decide again
 */
export async function commit(
  ledger: Ledger,
  once: readonly OnceWrite[],
  writes: readonly Write[],
  event: AuditEvent,
): Promise<void> {
  try {
    await ledger.commit({ writes: [...once.map(({ write }) => write), ...writes], event });
  } catch (error) {
    const lost = error instanceof StoreConflict ? once.find((_, index) => error.failed.includes(index)) : undefined;
    throw lost === undefined ? error : Refusal.of(lost.lost, undefined, { cause: error });
  }
}
