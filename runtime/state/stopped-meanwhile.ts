import type { Ledger } from "../audit/audit";
import { Refusal } from "../refusal/refusal";
import { refuseStopped } from "../session/refuse-stopped";
import { callEvent } from "./events";
import type { Known } from "./known";
import type { SpendRequest, Traced } from "./state-schema";

/**
 * What was spent stays spent, and on record; that the call does not go out comes behind it.
 *
 * @throws Refusal if it was stopped while it was written, which says whether that is on record
 */
export async function refuseStoppedMeanwhile(
  ledger: Ledger,
  known: Known,
  { claims, call, trace }: Pick<SpendRequest, "call" | "claims"> & Traced,
  service: string,
): Promise<void> {
  try {
    const { state, fleet, stored } = known;
    await refuseStopped({ state, revision: fleet.revision }, stored.run, [claims.jti]);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const codes = error.reasons.map(({ code }) => code);
    const act = { writes: [], event: callEvent("call.refused", known, call, service, { codes }), trace: trace ?? null };
    // The call is refused whether that can be written or not.
    await ledger.commit(act).then(
      () => (error.isOnRecord = true),
      () => undefined,
    );
    throw error;
  }
}
