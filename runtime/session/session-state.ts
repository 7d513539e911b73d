import { Sensitivity, type SensitivityName, type SessionFacts } from "../../domain";
import { higher, laterOf, NOTHING, sameKnowledge, unexpired } from "./knowledge";
import { isOfTransaction, type Knower } from "./knower";
import type { Knowledge, Session, Until, Untils } from "./session";

/** What happened, or is about to, that a session must remember */
export interface Raise {
  /** Highest sensitivity that is read */
  readonly mark?: SensitivityName | undefined;
  /** Whether untrusted output is read */
  readonly tainted?: boolean | undefined;
  /** Highest sensitivity that AWS credentials, or a call under way, may show, and until when */
  readonly readable?: Until | undefined;
  /** Until when they may show untrusted data */
  readonly untrustedUntil?: number | undefined;
  /** Lowest sensitivity that AWS credentials may write, and until when */
  readonly writable?: Until | undefined;
  /** Reserved reads, and until when new credentials may write nothing lower */
  readonly reserved?: Untils | undefined;
  /** `<tool>.<action>` that succeeded */
  readonly done?: string | undefined;
}

export interface SessionTimes {
  readonly idleSeconds: number;
  readonly totalSeconds: number;
}

/** Actions that are remembered as done (domain/decision/limits.ts) */
const DONE = 256;
/** That something happened is written no more often: seconds */
const TOUCH_SECONDS = 60;

/** Whether the session goes on, unless it is revoked */
export function isLiving(session: Session, { idleSeconds, totalSeconds }: SessionTimes, now: number): boolean {
  return now < session.lastUsedAt + idleSeconds && now < session.startedAt + totalSeconds;
}

/**
 * A session that begins now. What AWS credentials and calls under way may show and write, and what waits to be read, belongs to the knower, so it is
 * always taken over: a clean session is marked by what can still be read with them.
 */
export function begun(
  sid: string,
  last: Session | undefined,
  clean: boolean,
  times: SessionTimes,
  now: number,
): Session {
  const known = last === undefined ? NOTHING : unexpired(last, now);
  const { readable, untrustedUntil } = known;
  const held = clean ? { mark: highestOf(readable), tainted: untrustedUntil > now } : {};
  const counted = !clean && last !== undefined && last.budgets.until > now ? last.budgets : undefined;
  return {
    ...known,
    ...held,
    sid,
    startedAt: now,
    lastUsedAt: now,
    done: [],
    budgets: counted ?? { id: sid, until: now + times.totalSeconds },
  };
}

/** The next state of the session: mark, taint and writable levels only rise. The same object if nothing is new. */
export function raised(session: Session, what: Raise, now: number): Session {
  const next = {
    mark: higher(session.mark, what.mark ?? "public"),
    tainted: session.tainted || what.tainted === true,
    readable: withMore(session.readable, what.readable),
    untrustedUntil: Math.max(session.untrustedUntil, what.untrustedUntil ?? 0),
    writable: withMore(session.writable, what.writable),
    reserved: what.reserved === undefined ? session.reserved : laterOf(session.reserved, what.reserved),
  };
  const done = withDone(session.done, what.done);
  if (sameKnowledge(next, session)) return done === session.done ? session : { ...session, done };
  return { ...session, ...unexpired(next, now), done };
}

/** The session as used now. The same object where that was written recently, so that not every request is a write. */
export function used(session: Session, { idleSeconds }: SessionTimes, now: number): Session {
  const coarse = Math.min(TOUCH_SECONDS, Math.floor(idleSeconds / 10));
  return now - session.lastUsedAt > coarse ? { ...session, lastUsedAt: now } : session;
}

/** The list with an action that succeeded; the same one where it is there. */
export function withDone(done: readonly string[], action: string | undefined): readonly string[] {
  return action === undefined || done.includes(action) ? done : [...done, action].slice(-DONE);
}

/** Lowest sensitivity that an unexpired AWS credential can write; null if there is none */
export function lowestWritable({ writable }: Pick<Knowledge, "writable">, now: number): SensitivityName | null {
  return Sensitivity.all.find(({ name }) => (writable[name] ?? 0) > now)?.name ?? null;
}

/** What the policy asks about */
export function sessionFacts(session: Session, now: number): SessionFacts {
  const { startedAt, lastUsedAt, mark, tainted } = session;
  return { startedAt, lastUsedAt, mark, tainted, writable: lowestWritable(session, now) };
}

/**
 * Until when the store keeps a session; undefined for ever. A session with a mark or taint to pass on is kept until a
 * clean session replaces it: otherwise waiting would clear it. A session of a single transaction has no successor.
 *
 * @param clean until when a session without mark and taint is kept
 */
export function keptUntil({ whose }: Knower, { mark, tainted }: Session, clean: number): number | undefined {
  return (mark !== "public" || tainted) && !isOfTransaction(whose) ? undefined : clean;
}

function withMore(known: Untils, more: Until | undefined): Untils {
  if (more === undefined || (known[more.sensitivity] ?? 0) >= more.until) return known;
  return { ...known, [more.sensitivity]: more.until };
}

function highestOf(readable: Untils): SensitivityName {
  return Sensitivity.highest(Sensitivity.all.filter(({ name }) => readable[name] !== undefined)).name;
}
