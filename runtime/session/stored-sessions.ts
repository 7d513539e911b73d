import { Refusal } from "../refusal/refusal";
import type { FleetView } from "../registry/registry";
import { sessionKey } from "../store/keys";
import { readOnce } from "../store/known-values";
import type { Condition, Item, Key, Write } from "../store/store";
import { type Knower, knowerOfRun } from "./knower";
import type { Run, Session } from "./session";
import { keptUntil } from "./session-state";
import { type EpochState, sessionSchema, type StoredSession } from "./stored";

const readSessionValue = readOnce((value): Session => {
  const { links, ...session } = sessionSchema.parse(value);
  if (links.length > 0) throw Refusal.of("store.of-before");
  return session;
});

/**
 * The current session of each; undefined if there is none
 *
 * @throws Refusal `store.of-before`
 */
export async function readSessions(
  { store, epoch }: EpochState,
  knowers: readonly Knower[],
): Promise<readonly (StoredSession | undefined)[]> {
  const items = await store.read(knowers.map((knower) => sessionKey(epoch, knower)));
  return knowers.map((knower, index) => sessionOf(knower, items[index]));
}

/**
 * The current session of a run's agent, even if the run began in an earlier one: answers are learnt in the current
 * session.
 *
 * @throws Refusal `token.session-ended` if there is none
 */
export async function readOwn(state: EpochState, fleet: FleetView, run: Run): Promise<StoredSession> {
  const [own] = await readSessions(state, [knowerOfRun(fleet, run)]);
  if (own === undefined) throw Refusal.of("token.session-ended");
  return own;
}

/** @throws Refusal `token.session-ended` where another session has begun since the run did */
export function refuseOtherSession({ session }: StoredSession, { sid }: Pick<Run, "sid">): void {
  if (session.sid !== sid) throw Refusal.of("token.session-ended");
}

export function sessionOf(knower: Knower, item: Item | undefined): StoredSession | undefined {
  if (item === undefined) return undefined;
  const { value, version, expiresAt } = item;
  return { knower, session: readSessionValue(value), version, expiresAt };
}

/** @param clean until when it is kept while it has nothing to pass on */
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
