import { Refusal } from "../refusal/refusal";
import type { FleetAgent, FleetView } from "../registry/registry";
import { evidenceKey, handedOnKey, sessionKey } from "../store/keys";
import { type Arrival, arrived } from "./arrival";
import { changedTo } from "./changed";
import { delegatorOf, living } from "./delegator";
import { evidenceBehind, type ProvenStart } from "./evidence";
import { knowerOfRun } from "./knower";
import { received } from "./message";
import { readEach } from "./read-each";
import { keptUntil } from "./runs";
import type { Run } from "./session";
import { used } from "./session-state";
import type { SessionPlan } from "./sessions";
import type { EpochState } from "./stored";
import { refuseOtherSession, sessionOf } from "./stored-sessions";
import { evidenceWrite, parentTokenWrites } from "./used-up";

/** A request that joins a run, by evidence that holds and is of the run's own caller */
export interface Joining {
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly proven: ProvenStart;
  readonly run: Run;
  /** What arrives with the request, as the way in declares it */
  readonly arrival: Arrival | undefined;
  /** Whole seconds since the epoch */
  readonly now: number;
}

/**
 * The run goes on in the session in which it began, which knows what arrives now: what the way in declares, and where work is handed on what the
 * delegator's session knows. Evidence is used up as by a start: one that is new to
 * the agent is not new to it any more, and a token that hands work on is presented once.
 *
 * @throws Refusal `evidence.replayed`; `token.session-ended` where another session has begun since, or the delegator's is over
 */
export async function join(
  state: EpochState,
  { fleet, agent, proven, run, arrival, now }: Joining,
): Promise<SessionPlan> {
  const { epoch } = state;
  const { parentToken } = proven;
  const knower = knowerOfRun(fleet, run);
  const evidence = evidenceBehind(proven);
  const from = delegatorOf({ fleet, chain: run.chain }, run);
  const [item, known, handed, presented] = await readEach(state, [
    sessionKey(epoch, knower),
    evidence && evidenceKey(agent.name, evidence.digest),
    from === undefined ? null : sessionKey(epoch, from),
    parentToken === undefined ? null : handedOnKey(parentToken.jti),
  ]);
  if (presented !== undefined) throw Refusal.of("evidence.replayed");
  const last = sessionOf(knower, item);
  if (last === undefined) throw Refusal.of("token.session-ended");
  refuseOtherSession(last, run);
  const session = arrived(last.session, arrival, now);
  const sender = from && living(sessionOf(from, handed), { fleet, chain: run.chain, now });
  const told = sender === undefined ? session : received(session, sender.session, keptUntil(run), now);
  const knowing = used(told, agent.session, now);
  const own = changedTo(last, knowing);
  const using = { agent: agent.name, run: run.run, now };
  return {
    session: { ...knowing, lastUsedAt: session.lastUsedAt },
    isNew: false,
    own,
    reads: sender === undefined ? arrival?.mark : knowing.mark,
    writes: [
      ...(evidence === null || known !== undefined ? [] : [evidenceWrite(using, evidence)]),
      ...parentTokenWrites(using, parentToken),
    ],
  };
}
