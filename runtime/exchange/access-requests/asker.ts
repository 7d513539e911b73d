import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import type { FleetView } from "../../registry/registry";
import { readRun } from "../../session/runs";
import type { Run } from "../../session/session";
import { isLiving } from "../../session/session-state";
import type { EpochState } from "../../session/stored";
import { allActive } from "../../token/token-standing";
import { declaredAgent } from "../declared-agent";
import { knownOfRun } from "../messages/known-of-run";

/** Who calls the Access Request Endpoint */
export interface AccessCaller {
  /** As its X.509-SVID says */
  readonly spiffeId: string;
  /** Id of the run for which it calls */
  readonly run: string;
}

/** A run that lives, of the agent that calls */
export interface Asker {
  readonly state: EpochState;
  readonly fleet: FleetView;
  readonly run: Run;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/**
 * What would stop a token of the run stops what it asks here.
 *
 * @throws Refusal `run.unknown` alike for what is not there and what is another's; what has ended or stopped it
 */
export async function askerOf(state: EpochState, fleet: FleetView, caller: AccessCaller, now: number): Promise<Asker> {
  const agent = declaredAgent(fleet, caller);
  const run = (await readRun(state, caller.run))?.run;
  if (run?.spiffeId !== agent.spiffeId || run.agent !== agent.name) throw Refusal.of("run.unknown");
  const { own, revoked, revisionSeen } = await knownOfRun(state, fleet, run);
  const [stopped] = revoked;
  if (stopped !== undefined) throw deniedBy(`${stopped}.revoked`);
  if (fleet.revision < revisionSeen) throw deniedBy("policy.stale");
  if (now >= run.expiresAt) throw deniedBy("run.over");
  if (!allActive([...run.chain, run], fleet, now)) throw deniedBy("agent.suspended");
  if (!isLiving(own.session, agent.session, now)) throw Refusal.of("token.session-ended");
  return { state, fleet, run, now };
}
