import { LIMITS, type SensitivityName } from "../../domain";
import { Refusal } from "../refusal/refusal";
import type { FleetAgent, FleetView } from "../registry/registry";
import { evidenceKey, handedOnKey, heldKey, revokedKey, sessionKey } from "../store/keys";
import type { Write } from "../store/store";
import { type Arrival, arrived } from "./arrival";
import { type Changed, changedTo } from "./changed";
import { delegatorOf, living } from "./delegator";
import { evidenceBehind, type ProvenStart } from "./evidence";
import { type Held, heldOf } from "./held";
import { type Knower, knowerOf, type Served } from "./knower";
import { received } from "./message";
import { randomId } from "./random-id";
import { readEach } from "./read-each";
import { knowingTogether } from "./reservation";
import { keptUntil } from "./runs";
import type { ChainHop, Run, Session } from "./session";
import { begun, isLiving, raised, used } from "./session-state";
import type { EpochState, StoredSession } from "./stored";
import { readOwn, refuseOtherSession, sessionOf } from "./stored-sessions";
import { evidenceWrite, parentTokenWrites } from "./used-up";

/** A start whose evidence holds */
export interface RunStart {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly proven: ProvenStart;
  /** Of the run that begins: delegators, the first one first */
  readonly chain: readonly ChainHop[];
  /** What arrives with the start, as the way in declares it */
  readonly arrival?: Arrival | undefined;
  /** Id of the run that begins, noted with the evidence */
  readonly run: string;
  /** When the run ends; whole seconds since the epoch, as `now` */
  readonly expiresAt: number;
  readonly now: number;
}

/** The session in which a token is made, and what makes it so */
export interface SessionPlan {
  /** The session as the policy sees it: if it goes on, its state before this use */
  readonly session: Session;
  readonly isNew: boolean;
  /** To be written by {@link knowingTogether} */
  readonly own: Changed;
  /**
   * Highest sensitivity that it reads by it; to be waited for ({@link refuseBelow}) once the policy allows it;
   * undefined if it reads nothing
   */
  readonly reads: SensitivityName | undefined;
  /** To be committed with it. They fail with StoreConflict where evidence was used meanwhile: then plan again. */
  readonly writes: readonly Write[];
}

/** What the store has to say about a start */
export interface Found {
  readonly last: StoredSession | undefined;
  /** The delegator's current session; undefined without a delegation, or if it has none */
  readonly delegator: StoredSession | undefined;
  /** Whether the last session was revoked */
  readonly stopped: boolean;
  /** Whether the agent was started with the evidence before, or had work of it handed on */
  readonly evidenceUsed: boolean;
  /** Whether a run began before with the token that hands the work on */
  readonly parentTokenUsed: boolean;
  /** Of the agent; undefined if its session does not inherit from all of it */
  readonly held: Held | undefined;
}

/**
 * The session that a start goes on with or begins (docs/exchange.md, "Run, transaction, session").
 *
 * @throws Refusal `evidence.replayed`; `token.session-ended` where the delegator's is over
 */
export async function plan(state: EpochState, start: RunStart): Promise<SessionPlan> {
  const { store, epoch } = state;
  const { agent, proven, run } = start;
  const knower = knowerOfStart(start);
  const evidence = evidenceBehind(proven);
  const from = proven.by === "delegation" ? delegatorOf(start, servedBy(proven, run)) : undefined;
  const inherits = evidence === null || agent.memory === "shared" || proven.inherits === true;
  const { parentToken } = proven;
  const [own, used, holds, handed, presented] = await readEach(state, [
    sessionKey(epoch, knower),
    evidence && evidenceKey(agent.name, evidence.digest),
    inherits ? heldKey(epoch, agent.name) : null,
    from === undefined ? null : sessionKey(epoch, from),
    parentToken === undefined ? null : handedOnKey(parentToken.jti),
  ]);
  const last = sessionOf(knower, own);
  const [stop] = last === undefined ? [] : await store.read([revokedKey("session", last.session.sid)]);
  return planned(start, {
    last,
    delegator: from && sessionOf(from, handed),
    stopped: stop !== undefined,
    evidenceUsed: used !== undefined,
    parentTokenUsed: presented !== undefined,
    held: inherits ? heldOf(holds) : undefined,
  });
}

/**
 * {@link plan} on facts that are read already. It writes nothing.
 *
 * @throws Refusal
 */
export function planned(start: RunStart, found: Found): SessionPlan {
  const { agent, proven, now } = start;
  const { last, held, delegator } = found;
  if (proven.outside?.single === true && found.evidenceUsed) throw Refusal.of("evidence.replayed");
  if (found.parentTokenUsed) throw Refusal.of("evidence.replayed");
  // What its last run knew would be forgotten, and its agent may remember it.
  if (proven.txn !== undefined && last === undefined) throw Refusal.of("evidence.replayed");
  const evidence = evidenceBehind(proven);
  const fresh = evidence !== null && !found.evidenceUsed;
  const knower = knowerOfStart(start);
  const before = goesOn(start, found, fresh);
  const begins = before?.session ?? begin(start, found, fresh && agent.memory !== "shared");
  const session = arrived(begins, start.arrival, now);
  const sender = proven.by === "delegation" ? living(delegator, start) : undefined;
  const inherits = raised(used(session, agent.session, now), held ?? {}, now);
  const own: Changed = {
    knower,
    last,
    next: sender === undefined ? inherits : received(inherits, sender.session, keptUntil(start), now),
    keep: before === undefined ? untilClean(session, agent) : undefined,
    held,
  };
  const isBrought = sender !== undefined || held !== undefined;
  const using = { agent: agent.name, run: start.run, now };
  return {
    session: { ...own.next, lastUsedAt: session.lastUsedAt },
    isNew: before === undefined,
    own,
    reads: isBrought ? own.next.mark : start.arrival?.mark,
    writes: [...(fresh ? [evidenceWrite(using, evidence)] : []), ...parentTokenWrites(using, proven.parentToken)],
  };
}

/** All that is written of it. */
export async function planWrites(
  state: EpochState,
  { own, writes }: Pick<SessionPlan, "own" | "writes">,
  now: number,
): Promise<readonly Write[]> {
  return [...(await knowingTogether(state, [own], now)), ...writes];
}

/**
 * A run goes on in the session in which it began. That it is idle or over is for the policy to say.
 *
 * @throws Refusal `token.session-ended` where another session has begun since
 */
export async function goOn(
  state: EpochState,
  fleet: FleetView,
  run: Run,
  agent: FleetAgent,
  now: number,
): Promise<SessionPlan> {
  const own = await readOwn(state, fleet, run);
  refuseOtherSession(own, run);
  const { session } = own;
  return {
    session,
    isNew: false,
    own: changedTo(own, used(session, agent.session, now)),
    reads: undefined,
    writes: [],
  };
}

function knowerOfStart({ agent, proven, run }: RunStart): Knower {
  return knowerOf(agent, servedBy(proven, run));
}

function servedBy(proven: ProvenStart, run: string): Served {
  return { user: proven.user, txn: txnOf(proven, run), evidence: evidenceBehind(proven) };
}

/** Along a chain it is the first run's, and so it is for who starts again. */
export function txnOf({ parent, txn }: ProvenStart, run: string): string {
  return parent?.txn ?? txn ?? run;
}

/** The last session where it goes on; undefined if a new one begins. */
function goesOn({ agent, proven, now }: RunStart, found: Found, fresh: boolean): StoredSession | undefined {
  const { last, stopped } = found;
  if (last === undefined) return undefined;
  // What was stopped ends by new evidence that is presented only: else agents would just start each other again.
  if (stopped) return fresh && proven.outside !== undefined ? undefined : last;
  if (!isLiving(last.session, agent.session, now)) return undefined;
  // With shared memory one session serves all users: no user can end it for the others.
  const asked = fresh && proven.outside?.newSession === true && agent.memory !== "shared";
  return asked ? undefined : last;
}

function begin({ agent, now }: RunStart, { last }: Found, clean: boolean): Session {
  return begun(randomId(), last?.session, clean, agent.session, now);
}

function untilClean({ startedAt }: Session, { session }: FleetAgent): number {
  return startedAt + session.totalSeconds + LIMITS.sessionTotal.ceiling.seconds;
}
