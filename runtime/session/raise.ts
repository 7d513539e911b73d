import type { Write } from "../store/store";
import { changedTo, together } from "./domain";
import { knowingTogether } from "./reservation";
import { type Raise, raised, type SessionTimes, used } from "./session-state";
import type { EpochState, StoredSession } from "./stored";

/**
 * Writes after which every session of the domain remembers it: mark, taint and what may be read and written; what succeeded is of
 * the agent alone. They fail with StoreConflict where a session changed since it was read.
 *
 * @param times of the agent, where its session is used by this; undefined where it is only told of what happened
 * @throws Refusal `token.session-ended`; `mark.credential-below` where its agents started something by themselves that could
 *   write below it, unless it happened already
 */
export async function raise(
  state: EpochState,
  own: StoredSession,
  what: Raise,
  times: SessionTimes | undefined,
  now: number,
): Promise<readonly Write[]> {
  const next = raised(own.session, what, now);
  if (times === undefined) return (await together(state, [changedTo(own, next)], now)).writes;
  return knowingTogether(state, [changedTo(own, used(next, times, now))], now);
}
