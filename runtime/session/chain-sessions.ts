import { LIMITS, type SessionFacts, type User } from "../../domain";
import { Refusal } from "../exchange/refusal";
import { sessionKey } from "../store/keys";
import type { Condition, Key, Write } from "../store/store";
import type { Run, Session, SessionOwner } from "./session";
import { keptUntil, type Raise, raised, sessionFacts, type SessionTimes, used } from "./session-state";
import { type EpochState, sessionSchema, type StoredSession } from "./stored";

/** The sessions in which what a run reads can end up: its own, and its delegators', each once */
export interface ChainSessions {
  readonly own: StoredSession;
  readonly hops: readonly StoredSession[];
}

/** The sessions of now of these agents and one user, in the order of the names. */
export async function readSessions(
  { store, epoch }: EpochState,
  agents: readonly string[],
  user: User | null,
): Promise<readonly (StoredSession | undefined)[]> {
  const owners = [...new Set(agents)].map((agent): SessionOwner => ({ agent, user }));
  const items = await store.read(owners.map((owner) => sessionKey(epoch, owner)));
  const found = new Map(
    owners.flatMap((owner, index) => {
      const item = items[index];
      if (item === undefined) return [];
      const { value, version, expiresAt } = item;
      return [[owner.agent, { owner, session: sessionSchema.parse(value), version, expiresAt }] as const];
    }),
  );
  return agents.map((agent) => found.get(agent));
}

/**
 * The sessions of now of a run's agent and its delegators, whether or not the run began in them: the answer comes back to
 * whatever session there is.
 *
 * @throws Refusal `token.session-ended` where one of them has none
 */
export async function readChain(state: EpochState, run: Run): Promise<ChainSessions> {
  const hops = new Set(run.chain.map(({ agent }) => agent));
  hops.delete(run.agent);
  const [own, ...found] = await readSessions(state, [run.agent, ...hops], run.user);
  const there = found.filter((hop) => hop !== undefined);
  if (own === undefined || there.length < found.length) throw Refusal.of("token.session-ended");
  return { own, hops: there };
}

/** @throws Refusal `token.session-ended` where another session has begun since the run did */
export function refuseOtherSession({ own }: ChainSessions, { sid }: Pick<Run, "sid">): void {
  if (own.session.sid !== sid) throw Refusal.of("token.session-ended");
}

export function chainFacts({ own, hops }: ChainSessions, now: number): SessionFacts {
  const others = hops.map(({ session }) => session);
  return sessionFacts(own.session, others, now);
}

/**
 * Writes after which every session of the chain remembers it: mark, taint and what may be written; what succeeded is of
 * the agent alone. They fail with StoreConflict where a session changed since it was read.
 *
 * @param times of the agent, where its session is used by this; undefined where it is only told of something
 */
export function raise(
  epoch: number,
  { own, hops }: ChainSessions,
  what: Raise,
  times: SessionTimes | undefined,
  now: number,
): readonly Write[] {
  const { done: _, ...forAll } = what;
  const next = raised(own.session, what, now);
  return [
    sessionWrite(epoch, own, times === undefined ? next : used(next, times, now)),
    ...hops.map((hop) => sessionWrite(epoch, hop, raised(hop.session, forAll, now))),
  ];
}

/** What makes `next` of a session that was read; where nothing is new, that it is still so. */
export function sessionWrite(
  epoch: number,
  { owner, session, version, expiresAt }: StoredSession,
  next: Session,
): Write {
  const key = sessionKey(epoch, owner);
  if (next === session) return { kind: "check", key, when: { version } };
  return putOf(key, next, expiresAt, { version });
}

/** What makes a new session in the place of the last, if there was one. */
export function newSessionWrite(
  epoch: number,
  owner: SessionOwner,
  session: Session,
  { totalSeconds }: SessionTimes,
  last: StoredSession | undefined,
): Write {
  const clean = session.startedAt + totalSeconds + LIMITS.sessionTotal.ceiling.seconds;
  return putOf(sessionKey(epoch, owner), session, clean, last === undefined ? "absent" : { version: last.version });
}

function putOf(key: Key, session: Session, clean: number | undefined, when: Condition): Write {
  const expiresAt = keptUntil(session, clean);
  return { kind: "put", key, value: { ...session }, ...(expiresAt !== undefined && { expiresAt }), when };
}
