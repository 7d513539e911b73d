import { setTimeout as after } from "node:timers/promises";
import { type Decision, type DecisionInput, RUN_AUDIENCE } from "../../../domain";
import type { Ledger } from "../../audit/audit";
import type { Clock } from "../../clock";
import type { Caller } from "../../identity/caller";
import { deniedBy } from "../../refusal/denied";
import { Refusal } from "../../refusal/refusal";
import { refusalOf } from "../../refusal/refusal-of";
import type { FleetAgent, FleetWay, Registry } from "../../registry/registry";
import type { Changed } from "../../session/changed";
import { refuseStopped } from "../../session/refuse-stopped";
import { knowingTogether, reserve } from "../../session/reservation";
import { readRun } from "../../session/runs";
import type { Run } from "../../session/session";
import { sessionFacts } from "../../session/session-state";
import { stoppedRuns } from "../../session/stopped-runs";
import type { EpochState } from "../../session/stored";
import { retryOnConflict } from "../../store/retry-on-conflict";
import type { StateStore } from "../../store/store";
import { issueInput } from "../../token/decision-input";
import { type RefusedRequest, requestRefused } from "../../token/events";
import type { FleetDecider } from "../../token/fleet-decider";
import { Refusals } from "../../token/refusals";
import type { Form, MessageService, StoppedRuns } from "../../token/token-answer";
import { declaredAgent } from "../declared-agent";
import { tokenEnd } from "../issue/limits";
import { type Decided, logFacts } from "../issue/log-facts";
import { ANSWER, type Direction, PART, type Passing } from "./directions";
import { knownOfRun } from "./known-of-run";
import { type MessageRequest, messageRequestOf, openRunsOf } from "./message-request";

export interface MessagesProps {
  readonly registry: Registry;
  readonly decider: Pick<FleetDecider, "decide">;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  /** For what is no act, and on no record: that a session is used, and what it learns by a message */
  readonly store: Pick<StateStore, "write">;
  /** For what is refused */
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Told of what went wrong; the agent learns a code alone */
  readonly onFailure: (error: unknown) => void;
}

/** Facts about a refused message */
interface Told {
  readonly known: RefusedRequest;
  readonly noted: (decided: Decided) => Decision;
}

/** Where a session changed while it was written, it is decided on again, so often at most. */
const ATTEMPTS = 5;
const PAUSE_MILLISECONDS = 20;

/**
 * Says whether an answer, or a further part of a request, may be passed on: what would stop a token of the run stops its messages.
 *
 * INVARIANT: before it may be, all that its sender's session knows is known to the session of the agent that gets it.
 */
export class Messages implements MessageService {
  private readonly refusals: Refusals;

  constructor(private readonly props: MessagesProps) {
    this.refusals = new Refusals(props.ledger, props.onFailure);
  }

  public answer(form: Form, caller: Caller): Promise<void> {
    return this.passes(ANSWER, form, caller);
  }

  public part(form: Form, caller: Caller): Promise<void> {
    return this.passes(PART, form, caller);
  }

  /** Which of the caller's open runs were stopped. It writes no state and no record. */
  public async stopped(form: Form, caller: Caller): Promise<StoppedRuns> {
    const { state, registry } = this.props;
    const runs = openRunsOf(form);
    const open = runs.map((run) => ({ run, tokens: [] }));
    try {
      // One answer for what is not there and what is another's: which runs there are is not told.
      const isOwn = ({ spiffeId }: Run): boolean => spiffeId === caller.spiffeId;
      const all = await stoppedRuns(await state(), registry.current(), open, isOwn);
      const stopped = runs.map((run, at) => ({ run, codes: all[at] ?? [] }));
      return { stopped: stopped.filter(({ codes }) => codes.length > 0) };
    } catch (error) {
      throw refusalOf(error);
    }
  }

  private async passes(direction: Direction, form: Form, caller: Caller): Promise<void> {
    const known: RefusedRequest = { spiffeId: caller.spiffeId };
    let decided: Decided | undefined;
    const noted = (latest: Decided): Decision => (decided = latest).decision;
    const retries = {
      attempts: ATTEMPTS,
      isConflict: async (error: unknown) => !(await reserve(this.props.ledger, error, this.refusals.report)),
      beforeNext: (attempt: number) => after(Math.random() * PAUSE_MILLISECONDS * attempt),
    };
    try {
      await retryOnConflict(retries, () => this.attempt(direction, form, caller, { known, noted }));
    } catch (error) {
      const refusal = refusalOf(error);
      if (error !== refusal) this.refusals.report(error);
      const event = requestRefused(direction.refused, known, refusal, this.props.clock());
      // There is no proof of possession here to mark as used.
      await this.refusals.record(event, refusal, { ...caller, proof: undefined });
      refusal.about = logFacts(known, decided, refusal);
      throw refusal;
    }
  }

  private async attempt(direction: Direction, form: Form, caller: Caller, { known, noted }: Told): Promise<void> {
    const { registry, decider, clock } = this.props;
    const [state, fleet, now] = [await this.props.state(), registry.current(), clock()];
    const agent = declaredAgent(fleet, caller);
    known.agent = agent.name;
    const request = messageRequestOf(form);
    const run = await runOf(state, agent, request);
    Object.assign(known, { run, goesOn: true, task: run.task });
    const way = wayOf(agent, run, request);
    known.way = way.name;
    const found = await knownOfRun(state, fleet, run);
    const passing: Passing = { state, fleet, agent, run, way, known: found, now };
    const session = direction.session(passing);
    const input: DecisionInput = issueInput({
      now,
      revisionSeen: found.revisionSeen,
      run,
      session: sessionFacts(session, now),
      done: session.done,
      audience: RUN_AUDIENCE,
      expiresAt: tokenEnd({ fleet, agent, run, session, proven: undefined, now }),
      revocation: { known: true, revoked: found.revoked },
      approval: null,
    });
    const { decision, reasons } = noted({ input, decision: await decider.decide(fleet, input) });
    if (decision !== "allow") throw Refusal.denied(reasons);
    await this.written(passing, await direction.changes(passing));
  }

  /** Skips the write if nothing changes and the session was marked as used recently. */
  private async written({ state, fleet, run, now }: Passing, changed: readonly Changed[]): Promise<void> {
    if (changed.every(({ last, next }) => next === last?.session)) return;
    await this.props.store.write(await knowingTogether(state, changed, now));
    await refuseStopped({ state, revision: fleet.revision }, run, []);
  }
}

/** @throws Refusal `run.unknown` */
async function runOf(state: EpochState, agent: FleetAgent, { run: id }: MessageRequest): Promise<Run> {
  const stored = await readRun(state, id);
  const run = stored?.run;
  // One answer for what is not there and what is another's: which runs there are is not told.
  if (run?.spiffeId !== agent.spiffeId || run.agent !== agent.name) {
    throw Refusal.of("run.unknown", "no such run of this agent is known");
  }
  return run;
}

/** @throws Refusal `task.undeclared`, `way.undeclared` */
function wayOf(agent: FleetAgent, run: Run, { way: name }: MessageRequest): FleetWay {
  const task = agent.tasks.get(run.task);
  if (task === undefined) throw deniedBy("task.undeclared");
  const way = task.servedBy.find((each) => each.name === name);
  if (way === undefined) throw Refusal.of("way.undeclared");
  return way;
}
