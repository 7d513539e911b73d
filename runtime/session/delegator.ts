import { Refusal } from "../refusal/refusal";
import type { FleetView } from "../registry/registry";
import { type Knower, knowerOfRun, type Served } from "./knower";
import type { ChainHop, Session } from "./session";
import { isLiving, type SessionTimes, used } from "./session-state";
import type { StoredSession } from "./stored";

/** Of a run that others handed on: delegators, the first one first */
export interface HandedOn {
  readonly fleet: FleetView;
  readonly chain: readonly ChainHop[];
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** The delegator; undefined without a delegation */
export function delegatorOf({ fleet, chain }: Omit<HandedOn, "now">, served: Served): Knower | undefined {
  const hop = chain.at(-1);
  return hop && knowerOfRun(fleet, { ...served, agent: hop.agent });
}

/** @throws Refusal `token.session-ended` where the delegator's session is over, or is another one since */
export function living(delegator: StoredSession | undefined, { fleet, chain, now }: HandedOn): StoredSession {
  const hop = chain.at(-1);
  const times = timesOf({ fleet, chain });
  if (delegator === undefined || times === undefined || delegator.session.sid !== hop?.sid)
    throw Refusal.of("token.session-ended");
  if (!isLiving(delegator.session, times, now)) throw Refusal.of("token.session-ended");
  return delegator;
}

/** A delegator's session as used by a message: who sends a body, or waits for an answer, is not idle. */
export function usedByMessage(session: Session, { now, ...handedOn }: HandedOn): Session {
  const times = timesOf(handedOn);
  return times === undefined ? session : used(session, times, now);
}

function timesOf({ fleet, chain }: Omit<HandedOn, "now">): SessionTimes | undefined {
  const hop = chain.at(-1);
  return hop && fleet.agentNamed(hop.agent)?.session;
}
