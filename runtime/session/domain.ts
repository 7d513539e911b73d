import { Refusal } from "../exchange/refusal";
import { heldKey, sessionKey } from "../store/keys";
import type { Item, Write } from "../store/store";
import { higher, NOTHING, sameCommon, union, unexpired } from "./common";
import { type Held, heldOf, heldWrites } from "./held";
import { type Knower, knowerName, knowerNamed } from "./knower";
import type { Common, Link, Session } from "./session";
import { joined } from "./session-state";
import { type OwnSession, putOf, sessionOf } from "./stored-sessions";
import type { EpochState, StoredSession } from "./stored";

/** Sessions of one domain; beyond it no more work is handed on */
export const MOST_MEMBERS = 24;

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

/** That it becomes `next`: written with all that it inherits, to its whole domain, and only while the agent holds no more */
export function changedOwn(own: OwnSession, next: Session): Changed {
  return {
    knower: own.knower,
    last: { ...own, session: own.written ?? own.session },
    next,
    keep: undefined,
    held: own.held,
  };
}

/** Names of all that may tell each other what they know, beginning with these */
export function membersOf(begin: readonly Knower[], links: readonly Link[], now: number): ReadonlySet<string> {
  const members = new Set(begin.map(knowerName));
  // A set that grows while it is walked is walked to its end.
  for (const member of members) {
    for (const { one, other, until } of links) {
      if (until <= now) continue;
      if (one === member) members.add(other);
      if (other === member) members.add(one);
    }
  }
  return members;
}

/**
 * Writes after which every member of the domain knows, and may do, what these sessions together do. They fail with
 * StoreConflict where one of those that were read has changed since.
 *
 * INVARIANT: after each of them all sessions that links connect have the same in common, so that each of them tells what
 * its whole domain knows.
 *
 * @throws Refusal `delegation.too-wide`, `token.session-ended` where a member has no session any more
 */
export async function together(state: EpochState, changed: readonly Changed[], now: number): Promise<readonly Write[]> {
  const common = changed.map(({ next }) => next).reduce<Common>((all, next) => union(all, next, now), NOTHING);
  const named = new Set(changed.map(({ knower }) => knowerName(knower)));
  const members = membersOf(
    changed.map(({ knower }) => knower),
    common.links,
    now,
  );
  const before = changed.map(({ last }) => unexpired(last?.session ?? NOTHING, now));
  const knowing = (one: Changed): Write => writeOf(state.epoch, { ...one, next: joined(one.next, common, now) });
  if (before.every((known) => sameCommon(known, common))) {
    return [
      ...changed.map(knowing),
      ...changed.flatMap((one) => heldWrites(state.epoch, one.knower.agent, one.held, common)),
    ];
  }
  if (members.size > MOST_MEMBERS) throw Refusal.of("delegation.too-wide");
  const others = [...members].filter((name) => !named.has(name)).map(knowerNamed);
  const rises = before.some(({ mark, tainted }) => higher(mark, common.mark) !== mark || (common.tainted && !tainted));
  const known = new Map(
    changed.flatMap(({ knower: { agent }, held }) => (held === undefined ? [] : [[agent, held] as const])),
  );
  const agents = [...new Set([...members].map((name) => knowerNamed(name).agent))];
  const read = rises ? agents.filter((agent) => !known.has(agent)) : [];
  const { sessions, held } = await readMembers(state, others, read);
  const told = sessions.map((last) => ({ knower: last.knower, last, next: last.session, keep: undefined }));
  return [
    ...[...changed, ...told].map(knowing),
    ...[...known, ...held].flatMap(([agent, holds]) => heldWrites(state.epoch, agent, holds, common)),
  ];
}

function writeOf(epoch: number, { knower, last, next, keep }: Changed): Write {
  const key = sessionKey(epoch, knower);
  if (last === undefined) return putOf(key, knower, next, keep, "absent");
  const { version, expiresAt } = last;
  if (next === last.session) return { kind: "check", key, when: { version } };
  return putOf(key, knower, next, keep ?? expiresAt, { version });
}

async function readMembers(
  { store, epoch }: EpochState,
  knowers: readonly Knower[],
  agents: readonly string[],
): Promise<{ readonly sessions: readonly StoredSession[]; readonly held: ReadonlyMap<string, Held> }> {
  const keys = [...knowers.map((knower) => sessionKey(epoch, knower)), ...agents.map((agent) => heldKey(epoch, agent))];
  const items: readonly (Item | undefined)[] = keys.length === 0 ? [] : await store.read(keys);
  const sessions = knowers.map((knower, index) => sessionOf(knower, items[index]));
  const found = sessions.filter((session) => session !== undefined);
  if (found.length < knowers.length) throw Refusal.of("token.session-ended");
  const held = agents.map((agent, index) => [agent, heldOf(items[knowers.length + index])] as const);
  return { sessions: found, held: new Map(held) };
}
