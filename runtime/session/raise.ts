import type { Write } from "../store/store";
import { changedOwn, together } from "./domain";
import { type Raise, raised, type SessionTimes, used } from "./session-state";
import type { OwnSession } from "./stored-sessions";
import type { EpochState } from "./stored";

/**
 * Writes after which every session of the domain remembers it: mark, taint and what may be read and written; what succeeded is of
 * the agent alone. They fail with StoreConflict where a session changed since it was read.
 *
 * @param times of the agent, where its session is used by this; undefined where it is only told of something
 * @throws Refusal `token.session-ended`
 */
export async function raise(
  state: EpochState,
  own: OwnSession,
  what: Raise,
  times: SessionTimes | undefined,
  now: number,
): Promise<readonly Write[]> {
  const next = raised(own.session, what, now);
  const changed = times === undefined ? next : used(next, times, now);
  return together(state, [changedOwn(own, changed)], now);
}
