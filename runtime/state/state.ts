import { setTimeout as after } from "node:timers/promises";
import type { Act, Ledger } from "../audit/audit";
import type { Clock } from "../clock";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import type { Registry } from "../registry/registry";
import { stoppedRuns } from "../session/stopped-runs";
import { reserve } from "../session/reservation";
import type { Run } from "../session/session";
import type { EpochState } from "../session/stored";
import { readOwn } from "../session/stored-sessions";
import { retryOnConflict } from "../store/retry-on-conflict";
import { StoreConflict, StoreUnavailable } from "../store/store";
import type { ApproverNotices } from "../approval/approver-notices";
import { opening, usable } from "./call-approval";
import { type Known, type KnownAbout, knownOf, runOf } from "./known";
import { ending } from "./outcome";
import { type StateAnswer, stateAnswer, versionsOf } from "./read";
import { refuseStoppedMeanwhile } from "./stopped-meanwhile";
import { uselessApproval } from "./shown-approval";
import type { AskAnswer, DecidedCall, Spent, StoppedCall } from "./state-answers";
import { hasChanged, mayWait, refuseOtherOrOver, spending, waitingToRead } from "./spend";
import {
  type AskRequest,
  eachOutcome,
  openSchema,
  type OutcomeRequest,
  outcomeSchema,
  outcomesSchema,
  parsed,
  readSchema,
  spendSchema,
  type ToldOutcomes,
} from "./state-schema";

export interface StateProps {
  readonly registry: Registry;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /**
   * Called once for each request that is opened.
   *
   * @default - none
   */
  readonly notices?: Pick<ApproverNotices, "requested"> | undefined;
  /**
   * Told of each call that shows an approval which was used already, or is of another request.
   *
   * @default - nothing counts them
   */
  readonly onReplay?: ((run: Pick<Run, "spiffeId" | "task">) => void) | undefined;
}

/** An outcome stays true under concurrent writes, so it is retried. */
const ATTEMPTS = 8;
/** For an outcome that calls wait for, which came in the same request */
const CARRIED_ATTEMPTS = 2;
const PAUSE_MILLISECONDS = 20;

/**
 * The state interface of the authorizer: `read` before the policy is asked, `spend` before an allowed call goes out,
 * `outcome` before its answer goes back. After an error the call, or its answer, must not go on.
 *
 * Each throws Refusal, StoreUnavailable or RegistryUnavailable.
 */
export class State {
  constructor(private readonly props: StateProps) {}

  /** Its only write is a reservation, for a read that only unexpired lower credentials block. */
  public async read(body: unknown): Promise<StateAnswer> {
    const { state, ledger } = this.props;
    const request = parsed(readSchema, body);
    const { call } = request;
    for (let attempt = 1; ; attempt += 1) {
      const current = await state();
      const known = await this.known(current, request);
      const answer = await stateAnswer(current.store, known);
      const refusal = call && mayWait(known, call) ? await waitingToRead(known, call) : undefined;
      if (refusal?.waiting === undefined) return answer;
      const { seconds } = refusal.waiting;
      if ((await reserve(ledger, refusal, () => undefined)) || attempt === ATTEMPTS) {
        return { ...answer, retryAfter: seconds };
      }
      await after(Math.random() * PAUSE_MILLISECONDS * attempt);
    }
  }

  /** Spends everything or nothing. After `store.conflict` the authorizer reads and asks the policy again. */
  public async spend(body: unknown, service: string): Promise<Readonly<Record<string, never>>> {
    const { state, ledger } = this.props;
    const request = parsed(spendSchema, body);
    const current = await state();
    const known = await this.known(current, request);
    try {
      await ledger.commit(await spending(known, request, service));
    } catch (error) {
      if (await reserve(ledger, error, () => undefined)) throw error;
      throw Refusal.of("store.conflict", undefined, { cause: error });
    }
    await refuseStoppedMeanwhile(ledger, known, request, service);
    return {};
  }

  /**
   * Whether a call may still be spent as decided: checked before a credential is fetched for it, which takes time. It
   * promises nothing.
   *
   * @throws Refusal like {@link spendNow}
   */
  public async isAsDecided({ revision, ...request }: DecidedCall): Promise<boolean> {
    const known = await this.known(await this.props.state(), request);
    refuseStale(known, revision);
    if (hasChanged(known, request)) return false;
    refuseOtherOrOver(known, request.call);
    return true;
  }

  /**
   * Spend, and return the known state after it, if it can be read; undefined if something has changed since the
   * decision, and nothing was spent.
   *
   * @throws Refusal `policy.stale` if it was decided by an older registry than another exchange has used
   */
  public async spendNow({ revision, ...request }: DecidedCall, service: string): Promise<Spent | undefined> {
    const { state, ledger } = this.props;
    const current = await state();
    const known = await this.known(current, request);
    refuseStale(known, revision);
    if (hasChanged(known, request)) return undefined;
    let act: Act;
    try {
      act = await spending(known, request, service);
      await ledger.commit(act);
    } catch (error) {
      if (await reserve(ledger, error, () => undefined)) throw error;
      return undefined;
    }
    await refuseStoppedMeanwhile(ledger, known, request, service);
    // Budget counters are not put: their values are read again in any case.
    const same = !act.writes.some(({ kind }) => kind === "put");
    try {
      const behind = same ? known : await this.known(current, request);
      return { state: await stateAnswer(current.store, behind) };
    } catch (error) {
      // Everything is spent, and nothing has stopped it: the call must not pay twice.
      if (error instanceof StoreUnavailable) return {};
      throw error;
    }
  }

  /**
   * Ask people about a call that lacks only their decision. If the state of the decision has changed, or a person has
   * approved it meanwhile, no request is opened, and the answer has the new state only.
   *
   * @throws Refusal `policy.stale` if it was decided by an older registry than another exchange has used,
   *   `approval.refused`, `approval.too-many`
   */
  public async ask(request: AskRequest, service: string): Promise<AskAnswer> {
    let state = await this.props.state();
    const beforeNext = async (attempt: number): Promise<void> => {
      await after(Math.random() * PAUSE_MILLISECONDS * attempt);
      state = await this.props.state();
    };
    return retryOnConflict({ attempts: ATTEMPTS, beforeNext }, () => this.asked(state, request, service));
  }

  /**
   * That an approval which a call shows is of its own run, and was given. Whether it counts for the call is seen by the call.
   *
   * @throws Refusal `approval.unverifiable`
   */
  public async verify(about: KnownAbout, approval: string): Promise<void> {
    await uselessApproval(await this.known(await this.props.state(), about), approval);
  }

  private async asked(state: EpochState, request: AskRequest, service: string): ReturnType<State["ask"]> {
    const known = await this.known(state, request);
    const shown = request.approval === undefined ? undefined : await uselessApproval(known, request.approval);
    if (shown?.isReplayed === true) this.props.onReplay?.(known.stored.run);
    const { approval } = known;
    refuseStale(known, request.revision);
    const answer = await stateAnswer(state.store, known);
    const isAsOfOld = versionsOf(known).join() === request.versions.join();
    if (!isAsOfOld || approval === undefined || usable(known) !== undefined) return { state: answer };
    refuseOtherOrOver(known, request.call);
    const {
      request: accessRequest,
      denied,
      act,
      opened,
    } = await opening(known, approval, request.call, service, shown?.problem);
    if (act !== undefined) await this.props.ledger.commit({ ...act, trace: request.trace ?? null });
    if (opened !== undefined) this.props.notices?.requested(opened);
    await refuseStoppedMeanwhile(this.props.ledger, known, request, service);
    return { state: answer, accessRequest, ...(denied && { denied }) };
  }

  /** What is known now about a token and its call */
  private known(state: EpochState, about: KnownAbout): Promise<Known> {
    const { registry, clock } = this.props;
    return knownOf(state, registry.current(), about, clock());
  }

  /** Which of the open calls were stopped since they went out, by index, and why */
  public async open(body: unknown): Promise<{ readonly stopped: readonly StoppedCall[] }> {
    const { registry, state } = this.props;
    const { open } = parsed(openSchema, body);
    const asked = open.map(({ run, token }) => ({ run, tokens: [token] }));
    const stopped = await stoppedRuns(await state(), registry.current(), asked);
    return { stopped: stopped.flatMap((codes, at) => (codes.length === 0 ? [] : [{ at, codes }])) };
  }

  /** Many outcomes, each for itself: those that could not be told are named by their place in the list. */
  public async outcomes(body: unknown, service: string): Promise<{ readonly untold: readonly number[] }> {
    return { untold: await this.told(parsed(outcomesSchema, body), service, ATTEMPTS) };
  }

  /**
   * Outcomes that came with calls. Never throws.
   *
   * @returns places of those that could not be told
   */
  public carried(outcomes: ToldOutcomes, service: string): Promise<readonly number[]> {
    return this.told(outcomes, service, CARRIED_ATTEMPTS);
  }

  public async outcome(body: unknown, service: string): Promise<Readonly<Record<string, never>>> {
    await this.outcomeOf(parsed(outcomeSchema, body), service);
    return {};
  }

  private told(outcomes: ToldOutcomes, service: string, attempts: number): Promise<readonly number[]> {
    return untoldOf(eachOutcome(outcomes).map(async (said) => this.outcomeOf(said(), service, attempts)));
  }

  private async outcomeOf(request: OutcomeRequest, service: string, attempts = ATTEMPTS): Promise<void> {
    let state = await this.props.state();
    const beforeNext = async (attempt: number): Promise<void> => {
      await after(Math.random() * PAUSE_MILLISECONDS * attempt);
      state = await this.props.state();
    };
    try {
      await retryOnConflict({ attempts, beforeNext }, () => this.ended(state, request, service));
    } catch (error) {
      throw error instanceof StoreConflict ? Refusal.of("store.conflict", undefined, { cause: error }) : error;
    }
  }

  private async ended(state: EpochState, request: OutcomeRequest, service: string): Promise<void> {
    const { registry, ledger, clock } = this.props;
    const { claims } = request;
    const stored = await runOf(state, claims);
    const fleet = registry.current();
    const own = await readOwn(state, fleet, stored.run);
    await ledger.commit(await ending({ claims, stored, own, state, fleet, now: clock() }, request, service));
  }
}

/** @throws Refusal `policy.stale` where it was decided by an older registry than some exchange used */
function refuseStale({ revisionSeen }: Known, revision: number): void {
  if (revision < revisionSeen) throw deniedBy("policy.stale");
}

async function untoldOf(telling: readonly Promise<void>[]): Promise<readonly number[]> {
  const settled = await Promise.allSettled(telling);
  return settled.flatMap(({ status }, place) => (status === "rejected" ? [place] : []));
}
