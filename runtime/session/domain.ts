import type { SensitivityName } from "../../domain";
import { sessionKey } from "../store/keys";
import type { Write } from "../store/store";
import { isNews, lastBelow, NOTHING, sameCommon, union, unexpired } from "./common";
import { type Held, heldWrites } from "./held";
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
   * Sessions of agents that started themselves, which could write below what they are told, and when the last of their
   * credentials expires.
   *
   * @default - none could
   */
  readonly below?: { readonly sides: readonly StoredSession[]; readonly last: number };
}

/**
 * Writes after which every member of the domain knows, and may do, what these sessions together do, and what their
 * agents start by themselves knows it too. They fail with StoreConflict where one of those that were read has changed since.
 *
 * INVARIANT: after each of them all sessions that links connect have the same in common, so that each of them tells what
 * its whole domain knows; and what an agent starts by itself knows all that the agent holds.
 *
 * @throws Refusal `delegation.too-wide`, `token.session-ended` where a member has no session any more
 */
export async function together(state: EpochState, changed: readonly Changed[], now: number): Promise<Together> {
  const { epoch } = state;
  const common = changed.map(({ next }) => next).reduce<Common>((all, next) => union(all, next, now), NOTHING);
  const before = changed.map(({ last }) => unexpired(last?.session ?? NOTHING, now));
  const knowing = (one: Changed): Write => writeOf(epoch, { ...one, next: joined(one.next, common, now) });
  if (before.every((known) => sameCommon(known, common))) {
    const held = changed.flatMap((one) => heldWrites(epoch, one.knower.agent, one.held, common));
    return { writes: [...changed.map(knowing), ...held] };
  }
  const knowers = changed.map(({ knower }) => knower);
  const members = membersOf(knowers, common.links, now);
  const rises = before.some((known) => isNews(common, known));
  const holding = new Map(changed.flatMap(({ knower: { agent }, held }) => (held ? [[agent, held] as const] : [])));
  const asked = { begin: knowers.map(knowerName), members, holding, news: rises ? common : undefined, now };
  const { sessions, missing, held } = await toldOf(state, asked);
  const told = sessions.filter(({ knower }) => members.has(knowerName(knower)));
  const selfStarted = sessions.filter(({ knower }) => !members.has(knowerName(knower)));
  const { mark, tainted } = common;
  const warned = selfStarted.map((last) => changedTo(last, raised(last.session, { mark, tainted }, now)));
  return {
    ...belowOf(selfStarted, mark, now),
    writes: [
      ...[...changed, ...told.map((last) => changedTo(last, last.session))].map(knowing),
      ...warned.map((one) => writeOf(epoch, one)),
      ...missing.map((knower): Write => ({ kind: "check", key: sessionKey(epoch, knower), when: "absent" })),
      ...[...held].flatMap(([agent, holds]) => heldWrites(epoch, agent, holds, common)),
    ],
  };
}

/** That a session that was read becomes `next` */
export function changedTo(last: StoredSession, next: Session): Changed {
  return { knower: last.knower, last, next, keep: undefined };
}

function belowOf(told: readonly StoredSession[], mark: SensitivityName, now: number): Pick<Together, "below"> {
  const found = told.flatMap((stored) => {
    const last = isNews({ mark, tainted: false }, stored.session) ? lastBelow(stored.session, mark, now) : undefined;
    return last === undefined ? [] : [{ stored, last }];
  });
  if (found.length === 0) return {};
  return { below: { sides: found.map(({ stored }) => stored), last: Math.max(...found.map(({ last }) => last)) } };
}

function writeOf(epoch: number, { knower, last, next, keep }: Changed): Write {
  const key = sessionKey(epoch, knower);
  if (last === undefined) return putOf(key, knower, next, keep, "absent");
  const { version, expiresAt } = last;
  if (next === last.session) return { kind: "check", key, when: { version } };
  return putOf(key, knower, next, keep ?? expiresAt, { version });
}
