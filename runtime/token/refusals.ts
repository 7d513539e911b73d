import type { AuditEvent, Ledger } from "../audit/audit";
import type { Caller } from "../identity/caller";
import { inTime } from "../in-time";
import { quietly } from "../quietly";
import type { Refusal } from "../refusal/refusal";
import { StoreConflict, type Write } from "../store/store";
import { proofWrite } from "./proof";
import { Repeats } from "./repeats";
import { Strangers } from "./strangers";

/** Longest delay of a refusal for its record. */
const LONGEST_MILLISECONDS = 2_000;

/** Refusals of callers with an SVID but without any right */
const OF_STRANGERS = ["agent.unknown", "caller.not-listed"];

/**
 * Refusals without a record: an unavailable store, a log that is behind or not cosigned; a repeated request is on
 * record by its first one.
 */
const UNRECORDED = ["store.unavailable", "audit.behind", "audit.unwitnessed", "dpop.replayed"];

/** Recorded in any case: it corrects a record of issued credentials that were not delivered. */
const ALWAYS = ["aws.failed"];

/**
 * Records what was refused, as well as it goes: the first by itself, and others like it within a minute by their number. Records are
 * kept for ever, and an agent could be refused a thousand times a second.
 */
export class Refusals {
  /** Tells what went wrong. Never throws. */
  public readonly report: (error: unknown) => void;
  private readonly strangers = new Strangers();
  private readonly repeats = new Repeats((event) => void this.written(event, []));

  /** @param onFailure told of what went wrong, and of what could not be recorded; the request is refused anyway */
  constructor(
    private readonly ledger: Ledger,
    onFailure: (error: unknown) => void,
  ) {
    this.report = quietly(onFailure);
  }

  /**
   * Never throws. The proof is used up as by a token: it was used. One that was used before leaves no trace, and one of a repeated
   * refusal neither.
   */
  public async record(
    event: AuditEvent,
    refusal: Refusal,
    { proof, spiffeId }: Partial<Caller> & Pick<Caller, "spiffeId">,
  ): Promise<void> {
    const codes = refusal.reasons.map(({ code }) => code);
    if (codes.some((code) => UNRECORDED.includes(code))) return;
    const isStranger = codes.some((code) => OF_STRANGERS.includes(code));
    if (isStranger && !this.strangers.isNew(spiffeId, event.time)) return;
    if (!ALWAYS.includes(event.kind) && !this.repeats.isFirst(event, spiffeId)) return;
    const isWritten = await this.written(event, proof === undefined ? [] : [proofWrite(proof, spiffeId)]);
    if (isWritten) return;
    // Without the first record, a count of repeats would mean nothing.
    this.repeats.unrecorded(event, spiffeId);
    if (isStranger) this.strangers.unrecorded(spiffeId);
  }

  /** Whether the record is known to be there */
  private async written(event: AuditEvent, spent: readonly Write[]): Promise<boolean> {
    try {
      const late = () => new Error("the record of a refusal takes too long");
      await inTime(this.kept(event, spent), LONGEST_MILLISECONDS, late);
      return true;
    } catch (error) {
      this.report(error);
      return false;
    }
  }

  private async kept(event: AuditEvent, spent: readonly Write[]): Promise<void> {
    try {
      await this.ledger.commit({ writes: spent, event });
    } catch (error) {
      if (!(error instanceof StoreConflict) || spent.length === 0) throw error;
      await this.ledger.commit({ writes: [], event });
    }
  }
}
