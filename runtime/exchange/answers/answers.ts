import { setTimeout as after } from "node:timers/promises";
import { type Decision, type DecisionInput, RUN_AUDIENCE } from "../../../domain";
import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import type { Caller } from "../../identity/caller";
import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import { refusalOf } from "../../refusal/refusal-of";
import type { FleetAgent, FleetView, FleetWay, Registry } from "../../registry/registry";
import { rank } from "../../session/common";
import { raise } from "../../session/raise";
import { refuseStopped } from "../../session/refuse-stopped";
import { readRun } from "../../session/runs";
import type { Run } from "../../session/session";
import { sessionFacts, used } from "../../session/session-state";
import type { EpochState, StoredSession } from "../../session/stored";
import { retryOnConflict } from "../../store/retry-on-conflict";
import type { StateStore } from "../../store/store";
import { issueInput } from "../../token/decision-input";
import { type RefusedRequest, requestRefused } from "../../token/events";
import type { FleetDecider } from "../../token/fleet-decider";
import { Refusals } from "../../token/refusals";
import type { AnswerService, Form } from "../../token/token-answer";
import { declaredAgent } from "../declared-agent";
import { tokenEnd } from "../issue/limits";
import { type Decided, logFacts } from "../issue/log-facts";
import { type AnswerRequest, answerRequestOf } from "./answer-request";
import { knownOfRun } from "./known-of-run";

export interface AnswersProps {
  readonly registry: Registry;
  readonly decider: Pick<FleetDecider, "decide">;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  /** For what is no act, and on no record: that a session is used */
  readonly store: Pick<StateStore, "write">;
  /** For what is refused */
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Told of what went wrong; the agent learns a code alone */
  readonly onFailure: (error: unknown) => void;
}

/** What is said of an answer where it is refused */
interface Told {
  readonly known: RefusedRequest;
  readonly noted: (decided: Decided) => Decision;
}

/** Where the session changed while it was noted as used, it is decided on again, so often at most. */
const ATTEMPTS = 5;
const PAUSE_MILLISECONDS = 20;

/**
 * Says whether an answer, or its next part, may go out to the caller of a run: an answer is a write of what the session has read. What would
 * stop a token of the run stops its answer.
 */
export class Answers implements AnswerService {
  private readonly refusals: Refusals;

  constructor(private readonly props: AnswersProps) {
    this.refusals = new Refusals(props.ledger, props.onFailure);
  }

  public async allow(form: Form, caller: Caller): Promise<void> {
    const known: RefusedRequest = { spiffeId: caller.spiffeId };
    let decided: Decided | undefined;
    const noted = (latest: Decided): Decision => (decided = latest).decision;
    const beforeNext = (attempt: number) => after(Math.random() * PAUSE_MILLISECONDS * attempt);
    try {
      await retryOnConflict({ attempts: ATTEMPTS, beforeNext }, () => this.attempt(form, caller, { known, noted }));
    } catch (error) {
      const refusal = refusalOf(error);
      if (error !== refusal) this.refusals.report(error);
      const event = requestRefused("answer.refused", known, refusal, this.props.clock());
      // Nothing is bound by a proof here, so none is used up.
      await this.refusals.record(event, refusal, { ...caller, proof: undefined });
      refusal.about = logFacts(known, decided, refusal);
      throw refusal;
    }
  }

  private async attempt(form: Form, caller: Caller, { known, noted }: Told): Promise<void> {
    const { registry, decider, clock } = this.props;
    const [state, fleet, now] = [await this.props.state(), registry.current(), clock()];
    const agent = declaredAgent(fleet, caller);
    known.agent = agent.name;
    const request = answerRequestOf(form);
    const run = await runOf(state, agent, request);
    Object.assign(known, { run, goesOn: true, task: run.task });
    const way = wayOf(agent, run, request);
    known.way = way.name;
    const { own, revoked, revisionSeen } = await knownOfRun(state, fleet, run);
    const { session } = own;
    const input: DecisionInput = issueInput({
      now,
      revisionSeen,
      run,
      session: sessionFacts(session, now),
      done: session.done,
      audience: RUN_AUDIENCE,
      expiresAt: tokenEnd({ fleet, agent, run, session, proven: undefined, now }),
      revocation: { known: true, revoked },
      approval: null,
    });
    const { decision, reasons } = noted({ input, decision: await decider.decide(fleet, input) });
    if (decision !== "allow") throw Refusal.denied(reasons);
    if (rank(session.mark) > rank(way.clearance)) throw Refusal.of("answer.above-clearance");
    await this.use({ state, fleet, agent, run, own, now });
  }

  /** That a session is used is written now and then, so that most answers write nothing. */
  private async use({ state, fleet, agent, run, own, now }: Used): Promise<void> {
    if (used(own.session, agent.session, now) === own.session) return;
    await this.props.store.write(await raise(state, own, {}, agent.session, now));
    await refuseStopped({ state, revision: fleet.revision }, run, []);
  }
}

interface Used {
  readonly state: EpochState;
  readonly fleet: FleetView;
  readonly agent: FleetAgent;
  readonly run: Run;
  readonly own: StoredSession;
  readonly now: number;
}

/** @throws Refusal `run.unknown` */
async function runOf(state: EpochState, agent: FleetAgent, { run: id }: AnswerRequest): Promise<Run> {
  const stored = await readRun(state, id);
  const run = stored?.run;
  // One answer for what is not there and what is another's: nobody learns which runs there are.
  if (run?.spiffeId !== agent.spiffeId || run.agent !== agent.name) {
    throw Refusal.of("run.unknown", "no such run of this agent is known");
  }
  return run;
}

/** @throws Refusal `task.undeclared`, `way.undeclared` */
function wayOf(agent: FleetAgent, run: Run, { way: name }: AnswerRequest): FleetWay {
  const task = agent.tasks.get(run.task);
  if (task === undefined) throw deniedBy("task.undeclared");
  const way = task.servedBy.find((each) => each.name === name);
  if (way === undefined) throw Refusal.of("way.undeclared");
  return way;
}
