import { sessionKey } from "../store/keys";
import type { Write } from "../store/store";
import type { Held } from "./held";
import type { Knower } from "./knower";
import type { Session } from "./session";
import { putOf } from "./stored-sessions";
import type { StoredSession } from "./stored";

/** A session that was read, or begins, and what becomes of it */
export interface Changed {
  readonly knower: Knower;
  /** As it was read; undefined if there was none */
  readonly last: StoredSession | undefined;
  readonly next: Session;
  /** Until when it is kept while it has nothing to pass on; undefined if that does not change */
  readonly keep: number | undefined;
  /** What the agent holds, where this rests on it */
  readonly held?: Held | undefined;
}

/** That a session that was read becomes `next` */
export function changedTo(last: StoredSession, next: Session): Changed {
  return { knower: last.knower, last, next, keep: undefined };
}

export function writeOf(epoch: number, { knower, last, next, keep }: Changed): Write {
  const key = sessionKey(epoch, knower);
  if (last === undefined) return putOf(key, knower, next, keep, "absent");
  const { version, expiresAt } = last;
  if (next === last.session) return { kind: "check", key, when: { version } };
  return putOf(key, knower, next, keep ?? expiresAt, { version });
}
