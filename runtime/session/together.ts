import type { Write } from "../store/store";
import { besideOf } from "./beside";
import { type Changed, changedTo, writeOf } from "./changed";
import { heldWrite } from "./held";
import { isNews, lastBelow, type News, NOTHING, rank, unexpired } from "./knowledge";
import { raised } from "./session-state";
import type { EpochState } from "./stored";

/** What is to be written, and what keeps it from being done */
export interface Together {
  readonly writes: readonly Write[];
  /**
   * If a self-started agent could write below what it learns: the session that passes it on, and when the last such
   * credential expires
   */
  readonly below?: { readonly told: Changed; readonly until: number } | undefined;
}

/**
 * Writes after which these sessions are what becomes of them, and what their agents start by themselves knows what they learn. They fail with
 * StoreConflict where one of those that were read has changed since.
 *
 * INVARIANT: after each of them what an agent starts by itself knows all that the agent holds, and waits for what waits there.
 *
 * @param changed sessions of different agents
 */
export async function together(state: EpochState, changed: readonly Changed[], now: number): Promise<Together> {
  const { epoch } = state;
  const all = changed.map((side) => ({ side, news: newsTo(side, now) }));
  const beside = await besideOf(state, all);
  const each = changed.map((one, index) => {
    const { knower, last } = one;
    // Expired knowledge is not passed on.
    const next = unexpired(one.next, now);
    const { held, started } = beside[index] as (typeof beside)[number];
    const begins = last === undefined && one.held !== undefined;
    const told = started && changedTo(started, raised(started.session, newsOf(next), now));
    const until =
      started !== undefined && rank(started.session.mark) < rank(next.mark)
        ? lastBelow(started.session, next.mark, now)
        : undefined;
    return {
      below: until === undefined ? undefined : { told: one, until },
      writes: [
        writeOf(epoch, one),
        ...(told === undefined ? [] : [writeOf(epoch, told)]),
        ...(held === undefined ? [] : [heldWrite(epoch, knower.agent, held, next, begins, now)]),
      ],
    };
  });
  return {
    below: each.find(({ below }) => below !== undefined)?.below,
    writes: each.flatMap(({ writes }) => writes),
  };
}

/** What the session learns; undefined if it knew all of it */
function newsTo({ last, next }: Changed, now: number): News | undefined {
  const known = unexpired(next, now);
  return isNews(known, unexpired(last?.session ?? NOTHING, now)) ? newsOf(known) : undefined;
}

function newsOf({ mark, tainted, reserved }: News): News {
  return { mark, tainted, reserved };
}
