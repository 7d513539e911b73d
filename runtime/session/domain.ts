import { sessionKey } from "../store/keys";
import type { Write } from "../store/store";
import { isNews, lastBelow, latest, NOTHING, rank, sameCommon, union, unexpired } from "./common";
import { type Held, heldWrite } from "./held";
import { type Knower, knowerName } from "./knower";
import { membersOf, toldOf } from "./members";
import type { Common, Session } from "./session";
import { joined, raised } from "./session-state";
import { putOf } from "./stored-sessions";
import type { EpochState, StoredSession } from "./stored";

/** A session that was read, or begins, and what becomes of it */
export interface Changed {
  readonly knower: Knower;
  /** As it was read; undefined where there was none */
  readonly last: StoredSession | undefined;
  readonly next: Session;
  /** Until when it is kept as long as it has nothing to hand on; undefined where that does not change */
  readonly keep: number | undefined;
  /** What the agent holds, where this rests on it */
  readonly held?: Held | undefined;
}

/** What is to be written, and what keeps it from being done */
export interface Together {
  readonly writes: readonly Write[];
  /**
   * When the last credential expires with which agents that started themselves could write below what they are told
   *
   * @default - none could
   */
  readonly below?: number | undefined;
}

/**
 * Writes after which every member of the domain knows, and may do, what these sessions together do, and what their
 * agents start by themselves knows it too. They fail with StoreConflict where one of those that were read has changed since.
 *
 * INVARIANT: after each of them all sessions that links connect have the same in common, so that each of them tells what
 * its whole domain knows; and what an agent starts by itself knows all that the agent holds, and waits for what waits there.
 *
 * @throws Refusal `delegation.too-wide`, `token.session-ended` where a member has no session any more
 */
export async function together(state: EpochState, changed: readonly Changed[], now: number): Promise<Together> {
  const { epoch } = state;
  const common = changed.map(({ next }) => next).reduce<Common>((all, next) => union(all, next, now), NOTHING);
  const before = changed.map(({ last }) => unexpired(last?.session ?? NOTHING, now));
  const knowing = (one: Changed): Write => writeOf(epoch, { ...one, next: joined(one.next, common, now) });
  const inherit = changed.filter(({ last, held }) => last === undefined && held !== undefined);
  const begin = new Set(inherit.map(({ knower }) => knower.agent));
  const raising = (held: ReadonlyMap<string, Held>): readonly Write[] =>
    [...held].map(([agent, holds]) => heldWrite(epoch, agent, holds, common, begin.has(agent), now));
  if (before.every((known) => sameCommon(known, common))) {
    return { writes: [...changed.map(knowing), ...raising(holdingOf(changed))] };
  }
  const knowers = changed.map(({ knower }) => knower);
  const members = membersOf(knowers, common.links, now);
  const news = before.some((known) => isNews(common, known)) ? common : undefined;
  const { sessions, held } = await toldOf(state, { begin: knowers, members, holding: holdingOf(changed), news, now });
  const told = sessions.filter(({ knower }) => members.has(knowerName(knower)));
  const selfStarted = sessions.filter(({ knower }) => !members.has(knowerName(knower)));
  const { mark, tainted, reserved } = common;
  const warned = selfStarted.map((last) => changedTo(last, raised(last.session, { mark, tainted, reserved }, now)));
  const lower = selfStarted.filter(({ session }) => rank(session.mark) < rank(mark));
  return {
    below: latest(lower.map(({ session }) => lastBelow(session, mark, now))),
    writes: [
      ...[...changed, ...told.map((last) => changedTo(last, last.session))].map(knowing),
      ...warned.map((one) => writeOf(epoch, one)),
      ...raising(held),
    ],
  };
}

/** That a session that was read becomes `next` */
export function changedTo(last: StoredSession, next: Session): Changed {
  return { knower: last.knower, last, next, keep: undefined };
}

/** What each agent holds, where a change rests on it */
export function holdingOf(changed: readonly Pick<Changed, "held" | "knower">[]): ReadonlyMap<string, Held> {
  return new Map(
    changed.flatMap(({ knower: { agent }, held }) => (held === undefined ? [] : [[agent, held] as const])),
  );
}

export function writeOf(epoch: number, { knower, last, next, keep }: Changed): Write {
  const key = sessionKey(epoch, knower);
  if (last === undefined) return putOf(key, knower, next, keep, "absent");
  const { version, expiresAt } = last;
  if (next === last.session) return { kind: "check", key, when: { version } };
  return putOf(key, knower, next, keep ?? expiresAt, { version });
}
