import { LIMITS, type SessionFacts } from "../../domain";
import { evidenceBehind, type ProvenStart } from "../exchange/evidence";
import { deniedBy } from "../exchange/issue/denied";
import { Refusal } from "../exchange/refusal";
import type { FleetAgent, FleetView } from "../registry/registry";
import { evidenceKey, revokedKey } from "../store/keys";
import type { Write } from "../store/store";
import {
  chainFacts,
  newSessionWrite,
  readChain,
  readSessions,
  refuseOtherSession,
  sessionWrite,
} from "./chain-sessions";
import { randomId } from "./random-id";
import type { ChainHop, OutsideEvidence, Run, Session } from "./session";
import { begun, isLiving, lowestWritable, raised, rank, sessionFacts, used } from "./session-state";
import type { EpochState, StoredSession } from "./stored";

/** A start whose evidence holds */
export interface RunStart {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly proven: ProvenStart;
  /** Of the run that begins: delegators, the first one first */
  readonly chain: readonly ChainHop[];
  /** Id of the run that begins, noted with the evidence */
  readonly run: string;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** The session in which a token is made, and what makes it so */
export interface SessionPlan {
  /** Where it goes on: as it was before this use */
  readonly session: Session;
  readonly isNew: boolean;
  /** For the policy */
  readonly facts: SessionFacts;
  /**
   * To be committed with what is issued. They fail with StoreConflict where session or evidence were used meanwhile: then
   * plan again. One of them is of the session's key.
   */
  readonly writes: readonly Write[];
}

/** What the store has to say about a start */
export interface Found {
  readonly last: StoredSession | undefined;
  /** Of the delegators, in the order of the chain */
  readonly hops: readonly (StoredSession | undefined)[];
  /** Whether the last session was revoked */
  readonly stopped: boolean;
  /** Whether the agent was started with the evidence before, or had work of it handed on */
  readonly evidenceUsed: boolean;
}

/** For which evidence is remembered after it starts nothing more: runs that it started hand work on as long as they last */
const ONCE_MARGIN_SECONDS = LIMITS.taskTtl.ceiling.seconds + LIMITS.clockSkew.seconds;

/**
 * The session that a start goes on with or begins (docs/exchange.md, "Run, transaction, session").
 *
 * @throws Refusal `evidence.replayed`; `token.session-ended` where the delegator's is over; `mark.credential-below` where
 *   what is handed on could be written below its mark
 */
export async function plan(state: EpochState, start: RunStart): Promise<SessionPlan> {
  const { agent, proven, chain } = start;
  const evidence = evidenceBehind(proven);
  const keys = evidence === null ? [] : [evidenceKey(agent.name, evidence.digest)];
  const [[last, ...hops], [used]] = await Promise.all([
    readSessions(state, [agent.name, ...chain.map((hop) => hop.agent)], proven.user),
    state.store.read(keys),
  ]);
  const [stop] = await state.store.read(last === undefined ? [] : [revokedKey("session", last.session.sid)]);
  return planned(state.epoch, start, { last, hops, stopped: stop !== undefined, evidenceUsed: used !== undefined });
}

/** {@link plan} of what was read. Pure, but for the new session's id. */
export function planned(epoch: number, start: RunStart, found: Found): SessionPlan {
  const { agent, proven, now } = start;
  if (proven.outside?.single === true && found.evidenceUsed) throw Refusal.of("evidence.replayed");
  const evidence = evidenceBehind(proven);
  const fresh = evidence !== null && !found.evidenceUsed;
  const hops = found.hops.flatMap((hop) => (hop === undefined ? [] : [hop.session]));
  const before = goesOn(start, found, fresh);
  const session = takenOver(before?.session ?? begin(start, found, fresh), start, found);
  const write =
    before === undefined
      ? newSessionWrite(epoch, { agent: agent.name, user: proven.user }, session, agent.session, found.last)
      : sessionWrite(epoch, before, used(session, agent.session, now));
  return {
    session,
    isNew: before === undefined,
    facts: sessionFacts(session, hops, now),
    writes: [write, ...(fresh ? [evidenceWrite(start, evidence)] : [])],
  };
}

/**
 * A run goes on in the session in which it began. That it is idle or over is for the policy to say.
 *
 * @throws Refusal `token.session-ended` where another session has begun since
 */
export async function goOn(state: EpochState, run: Run, agent: FleetAgent, now: number): Promise<SessionPlan> {
  const sessions = await readChain(state, run);
  refuseOtherSession(sessions, run);
  const { own } = sessions;
  const write = sessionWrite(state.epoch, own, used(own.session, agent.session, now));
  return { session: own.session, isNew: false, facts: chainFacts(sessions, now), writes: [write] };
}

/** The last session where it goes on; undefined where a new one begins. */
function goesOn({ agent, proven, now }: RunStart, found: Found, fresh: boolean): StoredSession | undefined {
  const { last, stopped } = found;
  if (last === undefined) return undefined;
  // What was stopped ends by new evidence that is presented only: else agents would just start each other again.
  if (stopped) return fresh && proven.outside !== undefined ? undefined : last;
  if (!isLiving(last.session, agent.session, now)) return undefined;
  return fresh && proven.outside?.newSession === true ? undefined : last;
}

function begin({ agent, now }: RunStart, { last }: Found, clean: boolean): Session {
  return begun(randomId(), last?.session, clean, agent.session, now);
}

/** A delegate knows from now on what its delegator knew. */
function takenOver(session: Session, { fleet, proven, chain, now }: RunStart, { hops }: Found): Session {
  if (proven.by !== "delegation") return session;
  const [hop, stored] = [chain.at(-1), hops.at(-1)];
  const times = hop === undefined ? undefined : fleet.agentNamed(hop.agent)?.session;
  if (stored === undefined || times === undefined || stored.session.sid !== hop?.sid)
    throw Refusal.of("token.session-ended");
  const { mark, tainted } = stored.session;
  if (!isLiving(stored.session, times, now)) throw Refusal.of("token.session-ended");
  const writable = lowestWritable([session], now);
  if (writable !== null && rank(writable) < rank(mark)) throw deniedBy("mark.credential-below");
  return raised(session, { mark, tainted }, now);
}

function evidenceWrite({ agent, run, now }: RunStart, { digest, until }: OutsideEvidence): Write {
  return {
    kind: "put",
    key: evidenceKey(agent.name, digest),
    value: { agent: agent.name, run, at: now },
    expiresAt: until + ONCE_MARGIN_SECONDS,
    when: "absent",
  };
}
