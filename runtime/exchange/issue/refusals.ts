import type { AuditEvent, Ledger } from "../../audit/audit";
import type { Caller } from "../../identity/caller";
import { StoreConflict, type Write } from "../../store/store";
import type { Refusal } from "../refusal";
import { inTime } from "./in-time";
import { proofWrite } from "./proof";

/** Whoever is refused does not wait longer for the record of it. */
const LONGEST_MILLISECONDS = 2_000;

export interface RefusalsProps {
  readonly ledger: Ledger;
  /** Told of what could not be recorded; the request is refused anyway */
  readonly onFailure: (error: unknown) => void;
}

/** Records what was refused, as well as it goes. */
export class Refusals {
  constructor(private readonly props: RefusalsProps) {}

  /** Never throws. The proof is used up as by a token: it was used. */
  public async record(event: AuditEvent, refusal: Refusal, { proof, spiffeId }: Caller): Promise<void> {
    const codes = refusal.reasons.map(({ code }) => code);
    // A store that does not answer keeps nothing either.
    if (codes.includes("store.unavailable")) return;
    const spent = proof === undefined || codes.includes("dpop.replayed") ? [] : [proofWrite(proof, spiffeId)];
    try {
      const late = () => new Error("the record of a refusal takes too long");
      await inTime(this.kept(event, spent), LONGEST_MILLISECONDS, late);
    } catch (error) {
      this.props.onFailure(error);
    }
  }

  private async kept(event: AuditEvent, spent: readonly Write[]): Promise<void> {
    const { ledger } = this.props;
    try {
      await ledger.commit({ writes: spent, event });
    } catch (error) {
      if (!(error instanceof StoreConflict) || spent.length === 0) throw error;
      await ledger.commit({ writes: [], event });
    }
  }
}
