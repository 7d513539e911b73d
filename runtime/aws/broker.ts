import { setTimeout as after } from "node:timers/promises";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Decision, DecisionInput } from "../../domain";
import type { Ledger } from "../audit/audit";
import type { Clock } from "../clock";
import type { AccessTokenClaims } from "../exchange/access-token";
import { Refusal } from "../exchange/refusal";
import type { FleetView, Registry } from "../registry/registry";
import { raise } from "../session/chain-sessions";
import type { EpochState } from "../session/stored";
import { StoreConflict } from "../store/store";
import type { AwsCredentials } from "./aws-credentials";
import { awsFailed, awsIssued } from "./events";
import { type Asked, awsInput, asked } from "./asked";
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
  /** Told where the record of a failure could not be written; nothing was issued anyway */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Turns tokens of audience `aws` into AWS credentials of the task's role.
 *
 * INVARIANT: mark and what may be written are in the store before STS is asked, and stay there whatever STS says: who
 * may hold credentials counts as who does.
 */
export class AwsBroker {
  constructor(private readonly props: AwsBrokerProps) {}

  /**
   * @param claims of a token whose signature, expiry and binding hold
   * @throws Refusal, StoreUnavailable, StoreConflict or RegistryUnavailable
   */
  public async credentials(claims: AccessTokenClaims): Promise<AwsCredentials> {
    const given = await this.committed(claims);
    try {
      return await assumeRole(this.props.sts, given.roleSession, given.end);
    } catch (error) {
      await this.failed(given, error);
      throw error;
    }
  }

  private async committed(claims: AccessTokenClaims): Promise<Granted> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(claims);
      } catch (error) {
        if (!(error instanceof StoreConflict) || attempt === ATTEMPTS) throw error;
        await after(Math.random() * PAUSE_MILLISECONDS * attempt);
      }
    }
  }

  /** Read, ask the policy, write: what was read is a condition of the write. */
  private async attempt(claims: AccessTokenClaims): Promise<Granted> {
    const { registry, decider, state, ledger, clock } = this.props;
    const fleet = registry.current();
    const question: Asked = await asked(await state(), fleet, claims, clock());
    const decision = await decider.decide(fleet, awsInput(question));
    if (decision.decision !== "allow") throw Refusal.denied(decision.reasons);
    const given = granted(question);
    const { epoch, sessions, seen, now } = question;
    await ledger.commit({
      writes: [...raise(epoch, sessions, given.raise, given.agent.session, now), ...seen.using(fleet.revision)],
      event: awsIssued(given, decision.revision),
    });
    return given;
  }

  private async failed(given: Granted, error: unknown): Promise<void> {
    try {
      await this.props.ledger.commit({ writes: [], event: awsFailed(given, this.props.clock(), error) });
    } catch (unwritten) {
      this.props.onFailure(unwritten);
    }
  }
}
