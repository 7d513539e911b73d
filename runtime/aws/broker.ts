import { setTimeout as after } from "node:timers/promises";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Decision, DecisionInput } from "../../domain";
import type { AuditEvent, Ledger } from "../audit/audit";
import type { Clock } from "../clock";
import { Refusal } from "../refusal/refusal";
import { refusalOf } from "../refusal/refusal-of";
import type { FleetView, Registry } from "../registry/registry";
import { raise } from "../session/raise";
import { refuseStopped } from "../session/refuse-stopped";
import { refuseReserved, reserve, waitingIfBelow } from "../session/reservation";
import type { EpochState } from "../session/stored";
import { retryOnConflict } from "../store/retry-on-conflict";
import { aboutClaims } from "../token/about-claims";
import type { AccessTokenClaims } from "../token/access-token";
import { Refusals } from "../token/refusals";
import { type Asked, asked, awsInput, readsOf } from "./asked";
import type { AwsCredentials } from "./aws-credentials";
import { awsFailed, awsIssued, awsRefused } from "./events";
import { type Granted, granted } from "./granted";
import { assumeRole } from "./sts";

/** A session that changed meanwhile is decided on again, so often at most. */
const ATTEMPTS = 5;
const PAUSE_MILLISECONDS = 40;

export interface AwsBrokerProps {
  readonly registry: Registry;
  readonly decider: { decide(fleet: FleetView, input: DecisionInput): Promise<Decision> };
  /**
   * The store with its epoch of now.
   *
   * @throws Refusal `store.restored`, StoreUnavailable
   */
  readonly state: () => Promise<EpochState>;
  readonly ledger: Ledger;
  /** Make it with `STS_BOUNDS`. */
  readonly sts: Pick<STSClient, "send">;
  readonly clock: Clock;
  /** Told of what went wrong; the client learns a code alone */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Exchanges tokens of audience `aws` for AWS credentials of the task's role.
 *
 * INVARIANT: the mark and what may be written are stored before STS is asked, and stay after any answer: a session
 * that may hold credentials counts as holding them.
 */
export class AwsBroker {
  private readonly refusals: Refusals;

  constructor(private readonly props: AwsBrokerProps) {
    this.refusals = new Refusals(props.ledger, props.onFailure);
  }

  /**
   * @param claims of a token whose signature, expiry and binding hold
   * @throws Refusal
   */
  public async credentials(claims: AccessTokenClaims): Promise<AwsCredentials> {
    const given = await this.recorded(claims, () => this.committed(claims), awsRefused.bind(undefined, claims));
    return this.recorded(claims, () => this.assumed(given), awsFailed.bind(undefined, given));
  }

  /** The result of `act`; a failure is recorded, on a best-effort basis. */
  private async recorded<T>(
    claims: AccessTokenClaims,
    act: () => Promise<T>,
    event: (refusal: Refusal, time: number) => AuditEvent,
  ): Promise<T> {
    try {
      return await act();
    } catch (error) {
      const refusal = refusalOf(error);
      if (error !== refusal) this.refusals.report(error);
      refusal.about = aboutClaims(claims, this.props.registry);
      const caller = { spiffeId: claims.client_id, confirmation: claims.cnf, proof: undefined };
      await this.refusals.record(event(refusal, this.props.clock()), refusal, caller);
      throw refusal;
    }
  }

  private async committed(claims: AccessTokenClaims): Promise<Granted> {
    const retries = {
      attempts: ATTEMPTS,
      isConflict: async (error: unknown) => !(await reserve(this.props.ledger, error, this.refusals.report)),
      beforeNext: (attempt: number) => after(Math.random() * PAUSE_MILLISECONDS * attempt),
    };
    return retryOnConflict(retries, () => this.attempt(claims));
  }

  /** Read, ask the policy, write: what was read is a condition of the write. */
  private async attempt(claims: AccessTokenClaims): Promise<Granted> {
    const { registry, decider, state, ledger, clock } = this.props;
    const fleet = registry.current();
    const question: Asked = await asked(await state(), fleet, claims, clock());
    const decision = await decider.decide(fleet, awsInput(question));
    const { own, seen, now } = question;
    if (decision.decision !== "allow") {
      const denied = Refusal.denied(decision.reasons);
      throw await waitingIfBelow(question.state, denied, own, readsOf(question), now);
    }
    const given = granted(question);
    refuseReserved(own.session, given.raise.writable?.sensitivity, now);
    await ledger.commit({
      writes: [
        ...(await raise(question.state, own, given.raise, given.agent.session, now)),
        ...seen.using(fleet.revision),
      ],
      event: awsIssued(given, decision.revision),
    });
    return given;
  }

  /** Credentials are discarded if part of the run was stopped while they were made. */
  private async assumed({ asked: { state, run, claims, fleet }, roleSession, end }: Granted): Promise<AwsCredentials> {
    const credentials = await assumeRole(this.props.sts, roleSession, end);
    await refuseStopped({ state, revision: fleet.revision }, run, [claims.jti]);
    return credentials;
  }
}
