import type { Value } from "../json";
import type { Write } from "../store/store";

/**
 * What happened, for the audit log. It holds digests in place of tokens. A person is the digest of store/user-digest.ts, and an argument a
 * digest too: the ledger writes both under a person's key (personal-facts.ts).
 */
export interface AuditEvent {
  /** Such as `token.issued`, `token.refused`, `aws.issued`, `approval.requested` */
  readonly kind: string;
  /** Whole seconds since the epoch */
  readonly time: number;
  readonly facts: { readonly [name: string]: Value };
}

/** An event with its place among those of its writer: an entry of the log */
export interface AuditRecord extends AuditEvent {
  readonly version: "ambit.audit/2";
  /** Names the process that wrote it */
  readonly writer: string;
  /** 1 for the first of a writer */
  readonly sequence: number;
}

/** Something that happens only together with its record */
export interface Act {
  readonly writes: readonly Write[];
  readonly event: AuditEvent;
  /**
   * It takes something away, and is written however far the log is behind.
   *
   * @default false
   */
  readonly stops?: true;
  /**
   * Id of the trace in which it happened (W3C Trace Context, 32 hexadecimal digits), which the record has as `trace`; null for none.
   *
   * @default - that of the request under way
   */
  readonly trace?: string | null;
}

/** The one way in which the exchange changes its state. */
export interface Ledger {
  /**
   * Write the act, its record and the head of its writer in one transaction.
   *
   * @throws StoreConflict with indexes into `act.writes`: nothing was written
   * @throws AuditBehind if the log is too far behind, AuditUnwitnessed where it is not cosigned: nothing was written
   * @throws StoreUnavailable nothing may be issued
   */
  commit(act: Act): Promise<void>;
}
