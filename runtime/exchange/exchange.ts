import { setTimeout as after } from "node:timers/promises";
import type { Decision } from "../../domain";
import type { AuditEvent, Ledger } from "../audit/audit";
import { type Clock, systemClock } from "../clock";
import type { Caller } from "../identity/caller";
import { inTime } from "../in-time";
import { deniedBy } from "../refusal/denied";
import { Refusal } from "../refusal/refusal";
import { refusalOf } from "../refusal/refusal-of";
import type { Registry } from "../registry/registry";
import type { EvidenceVerifier } from "../session/evidence";
import { randomId } from "../session/random-id";
import { refuseStopped } from "../session/refuse-stopped";
import { reserve } from "../session/reservation";
import type { EpochState } from "../session/stored";
import { retryOnConflict } from "../store/retry-on-conflict";
import { StoreConflict } from "../store/store";
import type { AccessTokenClaims } from "../token/access-token";
import { commit, type OnceWrite } from "../token/commit";
import { type RefusedRequest, requestRefused, runBegun, runJoined, tokenIssued } from "../token/events";
import { proofKey, proofWrite } from "../token/proof";
import { Refusals } from "../token/refusals";
import type { Form, GrantedRun, RunService, TokenAnswer, TokenService } from "../token/token-answer";
import { declaredAgent } from "./declared-agent";
import type { Deciding } from "./issue/allowed-run";
import { answerOf, runAnswerOf } from "./issue/answer";
import { type Draft, draftOf } from "./issue/draft";
import type { FleetDecider } from "../token/fleet-decider";
import { type Decided, logFacts } from "./issue/log-facts";
import { type RunDraft, runDraftOf } from "./issue/run-draft";
import { runRequestOf } from "./request/run-request";
import { tokenRequestOf } from "./request/token-request";

export interface ExchangeProps {
  /** Claim `iss` of its tokens */
  readonly issuer: string;
  readonly registry: Registry;
  readonly evidence: EvidenceVerifier;
  readonly decider: Pick<FleetDecider, "decide">;
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable, StoreConflict
   */
  readonly state: () => Promise<EpochState>;
  readonly ledger: Ledger;
  /** Signs */
  readonly tokens: { write(claims: AccessTokenClaims): Promise<string> };
  /** Told of what went wrong; the client learns a code alone */
  readonly onFailure: (error: unknown) => void;
  /** @default the system's */
  readonly clock?: Clock;
  /**
   * Names runs and tokens.
   *
   * @default 128 random bits
   */
  readonly newId?: () => string;
  /**
   * Milliseconds to wait before a decision is made again, of at most so many.
   *
   * @default any of them, at random
   */
  readonly jitter?: (most: number) => number;
  /**
   * Milliseconds for which the signer is waited for.
   *
   * @default 3000
   */
  readonly signingMilliseconds?: number;
}

/** Facts about a refused request, for the record and the log */
interface Told {
  readonly known: RefusedRequest;
  readonly noted: (decided: Decided) => Decision;
}

/** What may go out once it is written */
interface Ready<A> {
  readonly draft: RunDraft;
  readonly event: AuditEvent;
  /** Of a refusal that follows the write */
  readonly written: Partial<RefusedRequest>;
  readonly answer: A;
}

/** One of the things that are asked of it */
interface Asked<R extends { readonly task: string }, A> {
  readonly refused: "run.refused" | "token.refused";
  /** @throws Refusal */
  readonly requestOf: (form: Form, caller: Caller) => R;
  /** @throws Refusal, StoreConflict, StoreUnavailable */
  readonly ready: (request: R, deciding: Deciding) => Promise<Ready<A>>;
}

/** Where state changed while a request was decided on, it is decided on again, so often at most. */
export const ATTEMPTS = 5;
const PAUSE_MILLISECONDS = 20;
const SIGNING_MILLISECONDS = 3_000;

/**
 * Issues tokens, begins runs and lets requests join them, as the registry declares, the policy allows and the current
 * state permits.
 *
 * INVARIANT: an answer is written first, in one transaction with its record and with every condition of its decision;
 * and it goes out only if nothing that it rests on has been stopped.
 */
export class Exchange implements TokenService, RunService {
  private readonly clock: Clock;
  private readonly newId: () => string;
  private readonly refusals: Refusals;

  constructor(private readonly props: ExchangeProps) {
    this.clock = props.clock ?? systemClock;
    this.newId = props.newId ?? randomId;
    this.refusals = new Refusals(props.ledger, props.onFailure);
  }

  public token(form: Form, caller: Caller): Promise<TokenAnswer> {
    return this.asked(form, caller, {
      refused: "token.refused",
      requestOf: tokenRequestOf,
      ready: async (request, deciding) => {
        const draft = await draftOf({ issuer: this.props.issuer, request, ...deciding });
        const token = await this.signed(draft);
        return {
          draft,
          event: tokenIssued(draft),
          written: { token: draft.claims.jti },
          answer: answerOf(token, request, draft),
        };
      },
    });
  }

  public begin(form: Form, caller: Caller): Promise<GrantedRun> {
    return this.asked(form, caller, {
      refused: "run.refused",
      requestOf: runRequestOf,
      ready: async (request, deciding) => {
        const draft = await runDraftOf(deciding, request);
        const joined = request.beginning.kind === "join";
        return {
          draft,
          event: joined ? runJoined(draft, deciding.situation.now) : runBegun(draft),
          written: { begun: true },
          answer: { run: runAnswerOf(draft.run), joined },
        };
      },
    });
  }

  private async asked<R extends { readonly task: string }, A>(
    form: Form,
    caller: Caller,
    asked: Asked<R, A>,
  ): Promise<A> {
    const known: RefusedRequest = { spiffeId: caller.spiffeId };
    let decided: Decided | undefined;
    const noted = (latest: Decided): Decision => (decided = latest).decision;
    try {
      const state = await this.props.state();
      await refuseUsed(caller, state);
      known.agent = declaredAgent(this.props.registry.current(), caller).name;
      const request = asked.requestOf(form, caller);
      return await this.retried(state, (latest) => this.attempt(asked, request, caller, { known, noted }, latest));
    } catch (error) {
      const refusal = refusalOf(error);
      if (error !== refusal) this.refusals.report(error);
      await this.refusals.record(requestRefused(asked.refused, known, refusal, this.clock()), refusal, caller);
      refusal.about = logFacts(known, decided, refusal);
      throw refusal;
    }
  }

  /** The whole of it again from reading, where something that it rests on changed meanwhile */
  private async retried<A>(first: EpochState, attempt: (state: EpochState) => Promise<A>): Promise<A> {
    const { jitter = (most: number) => Math.random() * most, ledger } = this.props;
    let state = first;
    const retries = {
      attempts: ATTEMPTS,
      isConflict: async (error: unknown) => !(await reserve(ledger, error, this.refusals.report)),
      beforeNext: async (attempt: number) => {
        await after(jitter(PAUSE_MILLISECONDS * 2 ** attempt));
        state = await this.props.state();
      },
    };
    return retryOnConflict(retries, () => attempt(state));
  }

  private async attempt<R extends { readonly task: string }, A>(
    asked: Asked<R, A>,
    request: R,
    caller: Caller,
    { known, noted }: Told,
    state: EpochState,
  ): Promise<A> {
    const { registry, evidence, decider, ledger } = this.props;
    const fleet = registry.current();
    const agent = declaredAgent(fleet, caller);
    const task = agent.tasks.get(request.task);
    if (task === undefined) throw deniedBy("task.undeclared");
    known.task = task.name;
    const { draft, event, written, answer } = await asked.ready(request, {
      situation: { fleet, agent, task, state, evidence, newId: this.newId, now: this.clock() },
      decide: async (input) => noted({ input, decision: await decider.decide(fleet, input) }),
      known,
    });
    // Signing takes a while: what another registry would refuse is decided on again, before evidence is used up.
    if (registry.current() !== fleet) throw new StoreConflict([], "another registry is in force");
    await commit(ledger, onceOf(caller), draft.writes, event);
    Object.assign(known, written);
    await refuseStopped({ state, revision: fleet.revision }, draft.standing, draft.presented);
    return answer;
  }

  /** In memory: it goes out when it is written. */
  private async signed({ claims }: Draft): Promise<string> {
    const { tokens, signingMilliseconds = SIGNING_MILLISECONDS } = this.props;
    return inTime(tokens.write(claims), signingMilliseconds, () => Refusal.of("signer.unavailable"));
  }
}

/**
 * Before anything else: a request that is repeated must cost no write.
 *
 * @throws Refusal `dpop.replayed`
 */
async function refuseUsed({ proof }: Caller, { store }: EpochState): Promise<void> {
  if (proof === undefined) return;
  const [used] = await store.read([proofKey(proof)]);
  if (used !== undefined) throw Refusal.of("dpop.replayed");
}

/** Another request may have used it meanwhile. */
function onceOf({ proof, spiffeId }: Caller): readonly OnceWrite[] {
  return proof === undefined ? [] : [{ write: proofWrite(proof, spiffeId), lost: "dpop.replayed" }];
}
