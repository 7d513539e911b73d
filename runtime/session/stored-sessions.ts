import { Refusal } from "../exchange/refusal";
import type { FleetView } from "../registry/registry";
import { heldKey, sessionKey } from "../store/keys";
import type { Condition, Item, Key, Write } from "../store/store";
import { higher } from "./common";
import { type Held, heldOf } from "./held";
import { isOwnStart, type Knower, knowerOfRun } from "./knower";
import type { Run, Session } from "./session";
import { keptUntil } from "./session-state";
import { type EpochState, sessionSchema, type StoredSession } from "./stored";

/** The session of an agent, with what it inherits */
export interface OwnSession extends StoredSession {
  /**
   * As it lies in the store: without what it has inherited since.
   *
   * @default - the session
   */
  readonly written?: Session;
  /**
   * What the agent holds, where this rests on it.
   *
   * @default - it inherits nothing
   */
  readonly held?: Held | undefined;
}

/** The session of now of each; undefined where there is none */
export async function readSessions(
  { store, epoch }: EpochState,
  knowers: readonly Knower[],
): Promise<readonly (StoredSession | undefined)[]> {
  const items = await store.read(knowers.map((knower) => sessionKey(epoch, knower)));
  return knowers.map((knower, index) => sessionOf(knower, items[index]));
}

/**
 * The session of now of a run's agent, whether or not the run began in it: what comes back is learnt in whatever session
 * there is. What the agent started by itself knows all that the agent holds by now, and not what it held at the start alone.
 *
 * @throws Refusal `token.session-ended` where there is none
 */
export async function readOwn({ store, epoch }: EpochState, fleet: FleetView, run: Run): Promise<OwnSession> {
  const knower = knowerOfRun(fleet, run);
  const inherits = isOwnStart(knower);
  const keys = [sessionKey(epoch, knower), ...(inherits ? [heldKey(epoch, knower.agent)] : [])];
  const [item, holds] = await store.read(keys);
  const own = sessionOf(knower, item);
  if (own === undefined) throw Refusal.of("token.session-ended");
  const held = inherits ? heldOf(holds) : undefined;
  return {
    ...own,
    session: held === undefined ? own.session : inheriting(own.session, held),
    written: own.session,
    held,
  };
}

/** The same object where nothing is new. */
function inheriting(session: Session, held: Held): Session {
  const [mark, tainted] = [higher(session.mark, held.mark), session.tainted || held.tainted];
  return mark === session.mark && tainted === session.tainted ? session : { ...session, mark, tainted };
}

/** @throws Refusal `token.session-ended` where another session has begun since the run did */
export function refuseOtherSession({ session }: StoredSession, { sid }: Pick<Run, "sid">): void {
  if (session.sid !== sid) throw Refusal.of("token.session-ended");
}

export function sessionOf(knower: Knower, item: Item | undefined): StoredSession | undefined {
  if (item === undefined) return undefined;
  const { value, version, expiresAt } = item;
  return { knower, session: sessionSchema.parse(value), version, expiresAt };
}

/** @param clean until when it is kept as long as it has nothing to hand on */
export function putOf(
  key: Key,
  knower: Knower,
  session: Session,
  clean: number | undefined,
  when: Condition,
): Extract<Write, { kind: "put" }> {
  const expiresAt = clean === undefined ? undefined : keptUntil(knower, session, clean);
  return { kind: "put", key, value: { ...session }, ...(expiresAt !== undefined && { expiresAt }), when };
}
