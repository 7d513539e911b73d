import { Refusal } from "../refusal/refusal";
import type { FleetView } from "../registry/registry";
import { type Knower, knowerOfRun, type Served } from "./knower";
import type { ChainHop } from "./session";
import { isLiving } from "./session-state";
import type { StoredSession } from "./stored";

/** Of a run that others handed on: delegators, the first one first */
export interface HandedOn {
  readonly fleet: FleetView;
  readonly chain: readonly ChainHop[];
  /** Whole seconds since the epoch */
  readonly now: number;
}

/** Who handed the work on; undefined where nobody did */
export function delegatorOf({ fleet, chain }: Omit<HandedOn, "now">, served: Served): Knower | undefined {
  const hop = chain.at(-1);
  return hop && knowerOfRun(fleet, { ...served, agent: hop.agent });
}

/** @throws Refusal `token.session-ended` where the delegator's session is over, or is another one since */
export function living(delegator: StoredSession | undefined, { fleet, chain, now }: HandedOn): StoredSession {
  const hop = chain.at(-1);
  const times = hop === undefined ? undefined : fleet.agentNamed(hop.agent)?.session;
  if (delegator === undefined || times === undefined || delegator.session.sid !== hop?.sid)
    throw Refusal.of("token.session-ended");
  if (!isLiving(delegator.session, times, now)) throw Refusal.of("token.session-ended");
  return delegator;
}
