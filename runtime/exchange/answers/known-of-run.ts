import type { Revocable } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import type { FleetView } from "../../registry/registry";
import { seenIn } from "../../registry/revision-seen";
import { epochOf } from "../../session/epoch";
import { knowerOfRun } from "../../session/knower";
import { revocationsOf } from "../../session/revocations";
import type { Run } from "../../session/session";
import type { EpochState, StoredSession } from "../../session/stored";
import { refuseOtherSession, sessionOf } from "../../session/stored-sessions";
import { epochKey, seenKey, sessionKey } from "../../store/keys";

/** What may have changed since a run began */
export interface KnownOfRun {
  /** Of now, in which the run began; it knows what its whole domain does */
  readonly own: StoredSession;
  readonly revoked: readonly Revocable[];
  /** Highest revision of the registry that was ever in force */
  readonly revisionSeen: number;
}

/**
 * All of it in one read, with nothing written: what stops an answer holds from the moment of that read.
 *
 * @throws Refusal `token.session-ended` where another session has begun since; `store.restored` where the next epoch has
 * @throws StoreUnavailable
 */
export async function knownOfRun(state: EpochState, fleet: FleetView, run: Run): Promise<KnownOfRun> {
  const knower = knowerOfRun(fleet, run);
  const { keys, revoked } = revocationsOf(run, []);
  const read = [epochKey(), seenKey(), sessionKey(state.epoch, knower), ...keys];
  const [epoch, seen, session, ...stops] = await state.store.read(read);
  if (epochOf(epoch) !== state.epoch) throw Refusal.of("store.restored", "another epoch has begun meanwhile");
  const own = sessionOf(knower, session);
  if (own === undefined) throw Refusal.of("token.session-ended");
  refuseOtherSession(own, run);
  return { own, revoked: revoked(stops), revisionSeen: seenIn(seen) };
}
