import type { Write } from "../store/store";
import { changedTo } from "./changed";
import { knowingTogether } from "./reservation";
import { type Raise, raised, type SessionTimes, used } from "./session-state";
import type { EpochState, StoredSession } from "./stored";
import { together } from "./together";

/**
 * Writes after which the session remembers it, and what its agent starts by itself. They fail with StoreConflict where a session changed since
 * it was read.
 *
 * @param times of the agent, where its session is used by this; undefined if it is only told of what happened
 * @throws Refusal `mark.credential-below` where its agent started something by itself that could write below it, unless it happened already
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
