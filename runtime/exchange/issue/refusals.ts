import type { AuditEvent, Ledger } from "../../audit/audit";
import type { Caller } from "../../identity/caller";
import { inTime } from "../../in-time";
import { quietly } from "../../quietly";
import { StoreConflict, type Write } from "../../store/store";
import type { Refusal } from "../refusal";
import { proofWrite } from "./proof";
import { Strangers } from "./strangers";

/** Whoever is refused does not wait longer for the record of it. */
const LONGEST_MILLISECONDS = 2_000;

/** What is said to whoever has an SVID and nothing else */
const OF_STRANGERS = ["agent.unknown", "caller.not-listed"];

/** Records what was refused, as well as it goes. */
export class Refusals {
  /** Tells what went wrong. Never throws. */
  public readonly report: (error: unknown) => void;
  private readonly strangers = new Strangers();

  /** @param onFailure told of what went wrong, and of what could not be recorded; the request is refused anyway */
  constructor(
    private readonly ledger: Ledger,
    onFailure: (error: unknown) => void,
  ) {
    this.report = quietly(onFailure);
  }

  /** Never throws. The proof is used up as by a token: it was used. One that was used before leaves no trace. */
  public async record(event: AuditEvent, refusal: Refusal, { proof, spiffeId }: Caller): Promise<void> {
    const codes = refusal.reasons.map(({ code }) => code);
    // A store that does not answer keeps nothing either, and a request that is repeated is known by the first.
    if (codes.includes("store.unavailable") || codes.includes("dpop.replayed")) return;
    if (codes.some((code) => OF_STRANGERS.includes(code)) && !this.strangers.isNew(spiffeId, event.time)) return;
    const spent = proof === undefined ? [] : [proofWrite(proof, spiffeId)];
    try {
      const late = () => new Error("the record of a refusal takes too long");
      await inTime(this.kept(event, spent), LONGEST_MILLISECONDS, late);
    } catch (error) {
      this.report(error);
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
