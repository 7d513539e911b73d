import { Sensitivity, type SensitivityName, type SessionFacts } from "../../domain";
import type { Session } from "./session";

/** What happened, or is about to, that a session must remember */
export interface Raise {
  /** Highest sensitivity that is read */
  readonly mark?: SensitivityName | undefined;
  /** Whether untrusted output is read */
  readonly tainted?: boolean | undefined;
  /** Highest sensitivity that AWS credentials may show, and until when */
  readonly readable?: Until | undefined;
  /** Lowest sensitivity that AWS credentials may write, and until when */
  readonly writable?: Until | undefined;
  /** `<tool>.<action>` that succeeded */
  readonly done?: string | undefined;
}

export interface Until {
  readonly sensitivity: SensitivityName;
  /** Whole seconds since the epoch */
  readonly until: number;
}

export interface SessionTimes {
  readonly idleSeconds: number;
  readonly totalSeconds: number;
}

/** Actions that are remembered as done (domain/decision/limits.ts) */
const DONE = 256;
/** That something happened is written no more often: seconds */
const TOUCH_SECONDS = 60;

/** Whether the session goes on, as long as nobody has stopped it */
export function isLiving(session: Session, { idleSeconds, totalSeconds }: SessionTimes, now: number): boolean {
  return now < session.lastUsedAt + idleSeconds && now < session.startedAt + totalSeconds;
}

/**
 * A session that begins now. What AWS credentials may show and write belongs to agent and user, so it is always taken
 * over: a clean session is marked by what can still be read with them.
 */
export function begun(
  sid: string,
  last: Session | undefined,
  clean: boolean,
  times: SessionTimes,
  now: number,
): Session {
  const [readable, writable] = [unexpired(last?.readable, now), unexpired(last?.writable, now)];
  const { mark, tainted } = clean || last === undefined ? { mark: highestOf(readable), tainted: false } : last;
  const counted = !clean && last !== undefined && last.budgets.until > now ? last.budgets : undefined;
  return {
    sid,
    startedAt: now,
    lastUsedAt: now,
    mark,
    tainted,
    done: [],
    readable,
    writable,
    budgets: counted ?? { id: sid, until: now + times.totalSeconds },
  };
}

/** The session after it: mark, taint and what credentials may do only rise. The same object where nothing is new. */
export function raised(session: Session, { mark, tainted, readable, writable, done }: Raise, now: number): Session {
  const next = {
    mark: higher(session.mark, mark ?? "public"),
    tainted: session.tainted || tainted === true,
    readable: withMore(session.readable, readable),
    writable: withMore(session.writable, writable),
    done: withDone(session.done, done),
  };
  const same =
    next.mark === session.mark &&
    next.tainted === session.tainted &&
    next.readable === session.readable &&
    next.writable === session.writable &&
    next.done === session.done;
  if (same) return session;
  return { ...session, ...next, readable: unexpired(next.readable, now), writable: unexpired(next.writable, now) };
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

/** Lowest sensitivity that an unexpired AWS credential may write; null where there is none */
export function lowestWritable(sessions: readonly Session[], now: number): SensitivityName | null {
  const written = ({ name }: Sensitivity): boolean => sessions.some(({ writable }) => (writable[name] ?? 0) > now);
  return Sensitivity.all.find(written)?.name ?? null;
}

/**
 * What the policy asks about. The answer of a delegate returns, so that what any agent of the chain may write counts
 * before this one reads.
 */
export function sessionFacts(own: Session, hops: readonly Session[], now: number): SessionFacts {
  const { startedAt, lastUsedAt, mark, tainted } = own;
  return { startedAt, lastUsedAt, mark, tainted, writable: lowestWritable([own, ...hops], now) };
}

/**
 * Until when the store keeps a session; undefined for ever. What has a mark or a taint to hand on is kept until a clean
 * session takes its place: otherwise waiting would wash it off.
 *
 * @param clean until when one is kept that has nothing to hand on
 */
export function keptUntil({ mark, tainted }: Session, clean: number | undefined): number | undefined {
  return mark !== "public" || tainted ? undefined : clean;
}

export function higher(one: SensitivityName, other: SensitivityName): SensitivityName {
  return rank(one) >= rank(other) ? one : other;
}

export function rank(name: SensitivityName): number {
  return Sensitivity.of(name, "session").rank;
}

function withMore(known: Session["writable"], more: Until | undefined): Session["writable"] {
  if (more === undefined || (known[more.sensitivity] ?? 0) >= more.until) return known;
  return { ...known, [more.sensitivity]: more.until };
}

function highestOf(readable: Session["readable"]): SensitivityName {
  return Sensitivity.highest(Sensitivity.all.filter(({ name }) => readable[name] !== undefined)).name;
}

function unexpired(known: Session["writable"] = {}, now: number): Session["writable"] {
  return Object.fromEntries(Object.entries(known).filter(([, until]) => until > now));
}
