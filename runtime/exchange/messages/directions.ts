import { Refusal } from "../../refusal/refusal";
import type { FleetAgent, FleetView, FleetWay } from "../../registry/registry";
import { type Changed, changedTo } from "../../session/changed";
import { living, usedByMessage } from "../../session/delegator";
import { rank } from "../../session/knowledge";
import { received } from "../../session/message";
import { refuseBelow } from "../../session/reservation";
import { keptUntil } from "../../session/runs";
import type { Run, Session } from "../../session/session";
import { used } from "../../session/session-state";
import type { EpochState, StoredSession } from "../../session/stored";
import type { KnownOfRun } from "./known-of-run";

/** A message of a run that is served, with what it is decided by */
export interface Passing {
  readonly state: EpochState;
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly run: Run;
  readonly way: FleetWay;
  readonly known: KnownOfRun;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** What a message does to sessions */
export interface Direction {
  readonly refused: "answer.refused" | "part.refused";
  /**
   * The session by which the policy is asked about the run.
   *
   * @throws Refusal `token.session-ended` where the delegator's session is over
   */
  readonly session: (passing: Passing) => Session;
  /**
   * What becomes of sessions by it, before any of it is passed on.
   *
   * @throws Refusal `answer.above-clearance`; `token.session-ended`; `mark.credential-below` where who learns it could write below it
   */
  readonly changes: (passing: Passing) => Promise<readonly Changed[]>;
}

/** An answer is a write of what the session has read, by the way in, and a read of who waits for it: a delegator's session knows it first. */
export const ANSWER: Direction = {
  refused: "answer.refused",
  session: ({ known }) => known.own.session,
  changes: async (passing) => {
    const { state, fleet, agent, run, way, known, now } = passing;
    const { session } = known.own;
    if (rank(session.mark) > rank(way.clearance)) throw Refusal.of("answer.above-clearance");
    const answering = changedTo(known.own, used(session, agent.session, now));
    const delegator = delegatorOf(passing);
    if (delegator === undefined) return [answering];
    const learnt = received(delegator.session, session, keptUntil(run), now);
    const waiting = changedTo(delegator, usedByMessage(learnt, { fleet, chain: run.chain, now }));
    await refuseBelow(state, waiting, session.mark, now);
    return [answering, waiting];
  },
};

/**
 * A further part of a request carries what the delegator's session has read by now, and the run's session learns it
 * first. Messages of users and starters add nothing.
 */
export const PART: Direction = {
  refused: "part.refused",
  session: told,
  changes: async (passing) => {
    const { state, fleet, agent, run, known, now } = passing;
    const asking = changedTo(known.own, used(told(passing), agent.session, now));
    await refuseBelow(state, asking, asking.next.mark, now);
    const delegator = delegatorOf(passing);
    if (delegator === undefined) return [asking];
    const sending = changedTo(delegator, usedByMessage(delegator.session, { fleet, chain: run.chain, now }));
    // Where its use was noted lately, what it does meanwhile is in no part's way.
    return sending.next === delegator.session ? [asking] : [asking, sending];
  },
};

function told(passing: Passing): Session {
  const { run, known, now } = passing;
  const { session } = known.own;
  const delegator = delegatorOf(passing);
  return delegator === undefined ? session : received(session, delegator.session, keptUntil(run), now);
}

/** @throws Refusal `token.session-ended` where its session is over, or is another one since */
function delegatorOf({ fleet, run, known: { delegator }, now }: Passing): StoredSession | undefined {
  return delegator && living(delegator.stored, { fleet, chain: run.chain, now });
}
