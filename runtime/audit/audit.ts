import type { Value } from "../json";
import type { Write } from "../store/store";

/** What happened, for those who ask later. No token and no argument is in it, only digests of them, and what budgets count of an argument. */
export interface AuditEvent {
  /** Such as `token.issued`, `token.refused`, `aws.issued`, `approval.requested` */
  readonly kind: string;
  /** Whole seconds since the epoch */
  readonly time: number;
  readonly facts: { readonly [name: string]: Value };
}

/** An event in its chain */
export interface AuditRecord extends AuditEvent {
  readonly version: "ambit.audit/1";
  /** Names the process that wrote it */
  readonly writer: string;
  /** 1 for the first of a writer */
  readonly sequence: number;
  /** Hash of the record before; 64 zeros for the first */
  readonly previous: string;
  /** SHA-256, in hex, of the RFC 8785 form of the record without this member */
  readonly hash: string;
}

/** Something that happens only together with its record */
export interface Act {
  readonly writes: readonly Write[];
  readonly event: AuditEvent;
}

/** The one way in which the exchange changes its state. */
export interface Ledger {
  /**
   * Write the act, its record and the head of the chain in one transaction.
   *
   * @throws StoreConflict with indexes into `act.writes`: nothing was written
   * @throws StoreUnavailable nothing may be issued
   */
  commit(act: Act): Promise<void>;
}
