import type { Revocable } from "../../../domain";
import { Refusal } from "../../refusal/refusal";
import type { FleetView } from "../../registry/registry";
import { seenIn } from "../../registry/revision-seen";
import { delegatorOf } from "../../session/delegator";
import { epochOf } from "../../session/epoch";
import { knowerName, knowerOfRun } from "../../session/knower";
import { revocationsOf } from "../../session/revocations";
import type { Run } from "../../session/session";
import type { EpochState, StoredSession } from "../../session/stored";
import { refuseOtherSession, sessionOf } from "../../session/stored-sessions";
import { epochKey, seenKey, sessionKey } from "../../store/keys";

/** What may have changed since a run began */
export interface KnownOfRun {
  /** Of now, in which the run began */
  readonly own: StoredSession;
  /** If another agent handed the work on: its current session, undefined if it has none. Left out otherwise */
  readonly delegator?: { readonly stored: StoredSession | undefined };
  readonly revoked: readonly Revocable[];
  /** Highest revision of the registry that was ever in force */
  readonly revisionSeen: number;
}

/**
 * All facts in one read, without a write: a stop applies from the moment of that read.
 *
 * @throws Refusal `token.session-ended` if another session has begun since; `store.restored` if the next epoch has
 * @throws StoreUnavailable
 */
export async function knownOfRun(state: EpochState, fleet: FleetView, run: Run): Promise<KnownOfRun> {
  const knower = knowerOfRun(fleet, run);
  const from = delegatorOf({ fleet, chain: run.chain }, run);
  // Work that came back to the agent it began at: what one run knows, the other does.
  const other = from !== undefined && knowerName(from) !== knowerName(knower) ? from : undefined;
  const { keys, revoked } = revocationsOf(run, []);
  const sessions = [knower, ...(other === undefined ? [] : [other])].map((each) => sessionKey(state.epoch, each));
  const [epoch, seen, ...items] = await state.store.read([epochKey(), seenKey(), ...sessions, ...keys]);
  if (epochOf(epoch) !== state.epoch) throw Refusal.of("store.restored", "another epoch has begun meanwhile");
  const own = sessionOf(knower, items[0]);
  if (own === undefined) throw Refusal.of("token.session-ended");
  refuseOtherSession(own, run);
  return {
    own,
    ...(other !== undefined && { delegator: { stored: sessionOf(other, items[1]) } }),
    revoked: revoked(items.slice(sessions.length)),
    revisionSeen: seenIn(seen),
  };
}
